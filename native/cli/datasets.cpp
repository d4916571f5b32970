#include "native/cli/datasets.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "lib/data/cifar10.hpp"
#include "lib/data/idx.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::span<const DatasetInfo> datasets() {
  static const std::vector<DatasetInfo> all{
      {"mnist", "MNIST", {1, 28, 28}, 60000, 10000, "./lab train fetches it", true},
      {"fashion", "Fashion-MNIST", {1, 28, 28}, 60000, 10000, "./lab train --data fashion fetches it", false},
      {"cifar10", "CIFAR-10", {3, 32, 32}, 50000, 10000, "download its binary version", false},
  };
  return all;
}

const DatasetInfo& find_dataset(const std::string& name) {
  const auto found = std::ranges::find(datasets(), name, &DatasetInfo::name);
  check(found != datasets().end(), "there is no data set \"", name, "\"");
  return *found;
}

void DataChoice::add_name_to(OptionList& list) {
  std::vector<std::string> names;
  for (const DatasetInfo& info : datasets()) names.emplace_back(info.name);
  list.one_of("--data", name, names, "the images");
}

void DataChoice::add_to(OptionList& list) {
  add_name_to(list);
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

Shape input_for(const DataChoice& choice, const Lesson& lesson) {
  const DatasetInfo& info = find_dataset(choice.name);
  check(lesson.reads(info.image), "lesson ", lesson.id, " reads ", describe_images(lesson.input), ", but ", info.title,
        " has ", describe_images(info.image), ": choose other --data");
  return info.image;
}

DataSplit load_data(const DataChoice& choice, const Lesson& lesson) {
  const DatasetInfo& info = find_dataset(choice.name);
  input_for(choice, lesson);
  const std::string folder = choice.folder.empty() ? default_folder(choice.name) : choice.folder;
  check(fs::is_directory(folder), "no ", info.title, " in ", folder, ": ", info.how_to_get_it,
        ", or name its folder with --data-dir DIR");
  DataSplit data = choice.name == "cifar10" ? load_cifar10(folder) : load_mnist_like(folder);
  for (const Dataset* set : {&data.train, &data.test}) {
    const Shape image{set->channels, set->height, set->width};
    check(image == info.image, folder, ": ", info.title, " has ", describe_images(info.image), ", but these are ",
          describe_images(image));
  }
  return data;
}

}  // namespace cnnlab
