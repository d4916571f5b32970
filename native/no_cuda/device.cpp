#include "native/device.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab {

void use_cuda() { fail("this cnnlab was built without CUDA: leave out --device cuda, and the processor does it"); }

std::string cuda_info() { return "no (built without it)"; }

}  // namespace cnnlab
