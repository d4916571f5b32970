#include "lib/data/cifar10.hpp"

#include <algorithm>
#include <filesystem>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

namespace fs = std::filesystem;

constexpr int64_t side = 32, channels = 3;
constexpr int64_t pixel_bytes = channels * side * side, record_bytes = 1 + pixel_bytes;
constexpr int classes = 10;

// The files called `standard` that are there; else those whose name holds `word`.
std::vector<std::string> find_files(const std::string& folder, const std::vector<std::string>& standard,
                                    const std::string& word) {
  std::vector<std::string> found;
  for (const std::string& name : standard)
    if (file_exists(folder + "/" + name)) found.push_back(folder + "/" + name);
  if (!found.empty()) return found;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, problem))
    if (entry.path().extension() == ".bin" && entry.path().filename().string().find(word) != std::string::npos)
      found.push_back(entry.path().string());
  std::sort(found.begin(), found.end());
  check(!found.empty(), "CIFAR-10: there is neither '", folder, "/", standard.front(), "' nor a '*", word,
        "*.bin' in that folder");
  return found;
}

Dataset load_part(const std::string& set, const std::vector<std::string>& paths) {
  Dataset data{.name = set};
  for (const std::string& path : paths) data.append(parse_cifar10(set, read_file(path), path));
  return data;
}

}  // namespace

Dataset parse_cifar10(const std::string& set_name, ByteSpan file, const std::string& name) {
  const auto size = static_cast<int64_t>(file.size()), count = size / record_bytes;
  check(size > 0 && size % record_bytes == 0, name, ": CIFAR-10 has records of ", record_bytes, " bytes, but ", size,
        " bytes are ", count, " records and ", size % record_bytes,
        " bytes: it is no such file, or it is cut short; download it again");
  Dataset data{.name = set_name,
               .channels = channels,
               .height = side,
               .width = side,
               .classes = classes,
               // Of the 50,000 training images.
               .mean = {0.4914f, 0.4822f, 0.4465f},
               .deviation = {0.2470f, 0.2435f, 0.2616f}};
  data.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    const ByteSpan record = file.subspan(static_cast<size_t>(i * record_bytes), static_cast<size_t>(record_bytes));
    check(record[0] < classes, name, ": label ", int{record[0]}, " of record ", i, " is outside 0 … ", classes - 1,
          ": it is no CIFAR-10 file, or it is damaged");
    data.labels.push_back(record[0]);
    data.images.insert(data.images.end(), record.begin() + 1, record.end());
  }
  return data;
}

DataSplit load_cifar10(const std::string& folder) {
  check(file_exists(folder), "there is no folder '", folder, "'");
  std::vector<std::string> batches;
  for (int i = 1; i <= 5; ++i) batches.push_back(text("data_batch_", i, ".bin"));
  return {load_part("train", find_files(folder, batches, "train")),
          load_part("test", find_files(folder, {"test_batch.bin"}, "test"))};
}

}  // namespace cnnlab
