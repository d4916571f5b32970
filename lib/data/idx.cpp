#include "lib/data/idx.hpp"

#include <utility>

#include "lib/io/gzip.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

constexpr size_t max_header_bytes = 4 + 4 * 4;  // up to four dimensions
constexpr int64_t max_values = int64_t{1} << 30;
constexpr uint8_t unsigned_bytes = 8;

struct IdxHeader {
  std::vector<int64_t> sizes;
  int64_t bytes = 0;   // of the header itself
  int64_t values = 1;  // that it promises
};

// "60000×28×28"
std::string product_text(const std::vector<int64_t>& sizes) {
  std::string out;
  for (int64_t size : sizes) out += text(out.empty() ? "" : "×", size);
  return out;
}

IdxHeader parse_header(ByteSpan file, const std::string& name) {
  check(file.size() >= 4, name, ": not an IDX file: it holds only ", file.size(), " bytes");
  check(file[0] == 0 && file[1] == 0, name, ": not an IDX file: it begins with bytes ", int{file[0]}, " and ",
        int{file[1]}, " instead of two zeros");
  check(file[2] == unsigned_bytes, name, ": the IDX file holds numbers of type ", int{file[2]},
        "; only type 8 (unsigned bytes) can be read");
  const int rank = file[3];
  check(rank >= 1 && rank <= 4, name, ": the IDX file has ", rank, " dimensions; 1 to 4 can be read");

  IdxHeader header{.sizes = {}, .bytes = 4 + 4 * rank};
  check(static_cast<int64_t>(file.size()) >= header.bytes, name, ": an IDX header for ", rank, " dimensions takes ",
        header.bytes, " bytes, but the file holds ", file.size(), ": it is cut short; download it again");
  for (int i = 0; i < rank; ++i) {
    const uint8_t* at = file.data() + 4 + 4 * i;
    header.sizes.push_back(int64_t{at[0]} << 24 | at[1] << 16 | at[2] << 8 | at[3]);
  }
  for (int64_t size : header.sizes) {
    check(size > 0, name, ": the header promises ", product_text(header.sizes), " numbers, that is none");
    check(header.values <= max_values / size, name, ": the header promises ", product_text(header.sizes),
          " numbers; at most ", max_values, " can be read");
    header.values *= size;
  }
  return header;
}

// "60000 images of 28×28 (47040000 bytes)", "60000 labels (60000 bytes)"
std::string promise_text(const IdxHeader& header) {
  const auto& sizes = header.sizes;
  const std::string bytes = text(" (", header.values, " bytes)");
  if (sizes.size() == 1) return text(sizes[0], " labels", bytes);
  if (sizes.size() == 3) return text(sizes[0], " images of ", sizes[1], "×", sizes[2], bytes);
  return text(product_text(sizes), " numbers", bytes);
}

Dataset load_part(const std::string& folder, const std::string& set, const std::string& prefix) {
  auto find = [&](const std::string& file) {
    const std::string path = folder + "/" + prefix + file;
    if (file_exists(path)) return path;
    check(file_exists(path + ".gz"), "there is neither '", path, "' nor '", path, ".gz'");
    return path + ".gz";
  };
  const std::string images = find("-images-idx3-ubyte"), labels = find("-labels-idx1-ubyte");
  return parse_mnist(set, read_file(images), images, read_file(labels), labels);
}

}  // namespace

IdxArray parse_idx(Bytes file, const std::string& name) {
  const bool gzipped = is_gzip(file);
  const IdxHeader header = parse_header(gzipped ? gunzip(file, name, max_header_bytes) : file, name);
  // One byte more than promised is enough to see that the file does not keep to it.
  if (gzipped) file = gunzip(file, name, header.bytes + header.values + 1);

  const int64_t held = static_cast<int64_t>(file.size()) - header.bytes;
  check(held >= header.values, name, ": header promises ", promise_text(header), " but the file holds ", held,
        " bytes after the header: it is cut short; download it again");
  check(held == header.values, name, ": header promises ", promise_text(header), " but the file holds ",
        gzipped ? "more" : text(held), " bytes after the header");
  file.erase(file.begin(), file.begin() + header.bytes);  // in place: no second copy of 47 MB
  return {header.sizes, std::move(file)};
}

Bytes write_idx(const IdxArray& array) {
  int64_t count = 1;
  for (int64_t size : array.sizes) {
    check(size > 0 && size <= 0xffffffff && count <= max_values / size, "idx: sizes ", product_text(array.sizes),
          " cannot be written");
    count *= size;
  }
  check(!array.sizes.empty() && array.sizes.size() <= 4 && count == static_cast<int64_t>(array.values.size()),
        "idx: sizes ", product_text(array.sizes), " do not fit ", array.values.size(), " numbers");
  Bytes file = {0, 0, unsigned_bytes, static_cast<uint8_t>(array.sizes.size())};
  for (int64_t size : array.sizes)
    for (int shift = 24; shift >= 0; shift -= 8) file.push_back(static_cast<uint8_t>(size >> shift));
  file.insert(file.end(), array.values.begin(), array.values.end());
  return file;
}

Dataset parse_mnist(const std::string& set_name, Bytes image_file, const std::string& image_name, Bytes label_file,
                    const std::string& label_name, int classes) {
  IdxArray images = parse_idx(std::move(image_file), image_name);
  IdxArray labels = parse_idx(std::move(label_file), label_name);
  check(images.sizes.size() == 3, image_name, ": images have 3 dimensions (count, height, width), but this file has ",
        images.sizes.size());
  check(labels.sizes.size() == 1, label_name, ": labels have 1 dimension, but this file has ", labels.sizes.size());
  check(images.sizes[0] == labels.sizes[0], image_name, " holds ", images.sizes[0], " images, but ", label_name,
        " holds ", labels.sizes[0], " labels");
  for (size_t i = 0; i < labels.values.size(); ++i)
    check(labels.values[i] < classes, label_name, ": label ", int{labels.values[i]}, " of image ", i,
          " is outside 0 … ", classes - 1);
  return {.name = set_name,
          .channels = 1,
          .height = images.sizes[1],
          .width = images.sizes[2],
          .classes = classes,
          .images = std::move(images.values),
          .labels = std::move(labels.values)};
}

DataSplit load_mnist_like(const std::string& folder) {
  check(file_exists(folder), "there is no folder '", folder, "'");
  return {load_part(folder, "train", "train"), load_part(folder, "test", "t10k")};
}

}  // namespace cnnlab
