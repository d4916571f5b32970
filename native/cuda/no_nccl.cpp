#include "lib/tensor/error.hpp"
#include "native/cuda/group.hpp"

namespace cnnlab::cuda {

std::unique_ptr<DeviceGroup> open_group(CudaDevice::Options /*first*/, int /*count*/) {
  fail("cuda: this cnnlab was built without NCCL, which --gpus needs; install it and build anew, or leave out --gpus");
}

std::string describe_nccl() { return "no NCCL"; }

}  // namespace cnnlab::cuda
