#include "native/cli/datasets.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "lib/data/idx.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

std::string describe(const Shape& image) {
  return text(image[1], "x", image[2], " images with ", image[0], image[0] == 1 ? " channel" : " channels");
}

}  // namespace

std::span<const DatasetInfo> datasets() {
  static const std::vector<DatasetInfo> all{
      {"mnist", "MNIST", {1, 28, 28}, 60000, 10000, "./lab train fetches it"},
      {"fashion", "Fashion-MNIST", {1, 28, 28}, 60000, 10000, "./lab train --data fashion fetches it"},
      {"cifar10", "CIFAR-10", {3, 32, 32}, 50000, 10000, "download its binary version"},
  };
  return all;
}

const DatasetInfo& find_dataset(const std::string& name) {
  const auto found = std::ranges::find(datasets(), name, &DatasetInfo::name);
  check(found != datasets().end(), "there is no data set \"", name, "\"");
  return *found;
}

void DataChoice::add_to(OptionList& list) {
  std::vector<std::string> names;
  for (const DatasetInfo& info : datasets()) names.emplace_back(info.name);
  list.one_of("--data", name, names, "the images");
  list.text("--data-dir", "DIR", folder, "the folder with the data's files (default: where ./lab puts them)");
}

std::string default_folder(const std::string& name) {
  if (const char* data = std::getenv("CNNLAB_DATA"); data && *data) return (fs::path(data) / name).string();
  // The program lies in build/native/bin, the data in build/data.
  std::error_code ignored;
  const fs::path program = fs::canonical("/proc/self/exe", ignored);
  for (fs::path up = program.parent_path(); up.has_relative_path(); up = up.parent_path())
    if (fs::is_directory(up / "data" / name, ignored)) return (up / "data" / name).string();
  return (fs::path("build") / "data" / name).string();
}

DataSplit load_data(const DataChoice& choice, const Lesson& lesson) {
  const DatasetInfo& info = find_dataset(choice.name);
  check(info.image == lesson.input, "lesson ", lesson.id, " reads ", describe(lesson.input), ", but ", info.title,
        " has ", describe(info.image), ": choose other --data");
  const std::string folder = choice.folder.empty() ? default_folder(choice.name) : choice.folder;
  check(fs::is_directory(folder), "no ", info.title, " in ", folder, ": ", info.how_to_get_it,
        ", or name its folder with --data-dir DIR");
  DataSplit data = load_mnist_like(folder);
  for (const Dataset* set : {&data.train, &data.test}) {
    const Shape image{set->channels, set->height, set->width};
    check(image == lesson.input, folder, ": lesson ", lesson.id, " reads ", describe(lesson.input), ", but these are ",
          describe(image));
  }
  return data;
}

}  // namespace cnnlab
