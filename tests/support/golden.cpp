#include "tests/support/golden.hpp"

#include <algorithm>

#include "lib/data/idx.hpp"

namespace cnnlab::testing {
namespace {

const std::string folder = GOLDENS;

auto find(const StateFile& file, const std::string& name) {
  return std::find_if(file.tensors.begin(), file.tensors.end(), [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

Golden::Golden(const std::string& name) : file_(load_safetensors(folder + name + ".safetensors")) {}

bool Golden::contains(const std::string& tensor) const { return find(file_, tensor) != file_.tensors.end(); }

const Tensor& Golden::operator[](const std::string& tensor) const {
  check(contains(tensor), "golden: there is no tensor ", tensor);
  return find(file_, tensor)->second;
}

std::vector<std::pair<std::string, Tensor>> Golden::under(const std::string& prefix) const {
  std::vector<std::pair<std::string, Tensor>> found;
  for (const auto& [name, tensor] : file_.tensors)
    if (name.starts_with(prefix)) found.emplace_back(name.substr(prefix.size()), tensor);
  return found;
}

Dataset digits() {
  const std::string images = folder + "digits-images-idx3-ubyte", labels = folder + "digits-labels-idx1-ubyte";
  return parse_mnist("digits", read_file(images), images, read_file(labels), labels);
}

Dataset slice(const Dataset& data, int64_t first, int64_t count) {
  Dataset part = data;
  const auto pixels = data.images.begin() + first * data.pixels();
  const auto labels = data.labels.begin() + first;
  part.images.assign(pixels, pixels + count * data.pixels());
  part.labels.assign(labels, labels + count);
  return part;
}

}  // namespace cnnlab::testing
