#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "lib/tensor/tensor.hpp"

namespace cnnlab {

/// The right class of each image of a batch. A trainer that keeps its data on a device has put them there too.
struct Labels : std::vector<int32_t> {
  using std::vector<int32_t>::vector;
  Labels(std::vector<int32_t> classes) : vector(std::move(classes)) {}  // NOLINT(google-explicit-constructor)

  /// The same (N) where a kernel on `device` can read them: those that are there already, or a copy.
  IndexTensor on(Device* device) const {
    if (device && on_device.device() == device) return on_device;
    return IndexTensor({static_cast<int64_t>(size())}, *this).to(device);
  }
  IndexTensor on_device{};
};

}  // namespace cnnlab
