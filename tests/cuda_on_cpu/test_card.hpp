#pragma once
#include <memory>

#include "native/cuda/cuda_device.hpp"

namespace cnnlab::testing {

/// The card that tests share; made anew when a test has closed it.
inline std::unique_ptr<cuda::CudaDevice>& shared_card() {
  static auto* const card = new std::unique_ptr<cuda::CudaDevice>;  // open until the program ends
  return *card;
}
inline cuda::CudaDevice& test_card() {
  if (!shared_card()) shared_card() = std::make_unique<cuda::CudaDevice>(cuda::CudaDevice::Options{});
  return *shared_card();
}

}  // namespace cnnlab::testing
