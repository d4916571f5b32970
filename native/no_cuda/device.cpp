#include "native/device.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab {

Device* open_cuda(CudaOptions) {
  fail("this cnnlab was built without CUDA: leave out --device cuda, and the processor does it");
}

DeviceGroup* open_cuda_group(CudaOptions first, int /*count*/) {
  open_cuda(first);
  return nullptr;
}

std::vector<std::string> cuda_info() { return {"no (built without it)"}; }

}  // namespace cnnlab
