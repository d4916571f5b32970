#pragma once
#include <memory>
#include <vector>

#include "lib/tensor/device_group.hpp"
#include "native/cuda/cuda_device.hpp"

namespace cnnlab::cuda {

/// Several graphics cards of one machine, the first of which leads. In group.cpp by NCCL; without it (no_nccl.cpp) one
/// clear Error.
std::unique_ptr<DeviceGroup> open_group(CudaDevice::Options first, int count);

/// "NCCL 2.28.9", or that there is none.
std::string describe_nccl();

}  // namespace cnnlab::cuda
