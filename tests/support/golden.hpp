#pragma once
#include <string>
#include <vector>

#include "lib/data/dataset.hpp"
#include "lib/io/safetensors.hpp"

namespace cnnlab::testing {

/// What PyTorch computed: tests/goldens/NAME.safetensors, written by generate.py there.
class Golden {
 public:
  explicit Golden(const std::string& name);

  /// Throws Error when there is none of this name.
  const Tensor& operator[](const std::string& tensor) const;
  bool contains(const std::string& tensor) const;
  /// JSON text.
  const std::string& metadata(const std::string& key) const { return file_.metadata.at(key); }

  /// All tensors called prefix + name, by name, in the file's order.
  std::vector<std::pair<std::string, Tensor>> under(const std::string& prefix) const;

 private:
  StateFile file_;
};

/// 320 small pictures of digits, drawn by tests/goldens/digits.py: a stand-in for MNIST.
Dataset digits();
/// Images `first` … `first + count − 1` of a data set.
Dataset slice(const Dataset& data, int64_t first, int64_t count);

}  // namespace cnnlab::testing
