#include "native/cuda/module.hpp"

#include <exception>

#include "lib/tensor/error.hpp"
#include "native/cuda/group.hpp"

using namespace cnnlab;
using namespace cnnlab::cuda;

// Never destroyed: tensors with static lifetime may outlive everything else.
Device* cnnlab_open_cuda(const CudaOptions* options) {
  return new CudaDevice({.index = options->index, .tf32 = options->tf32});
}

DeviceGroup* cnnlab_open_cuda_group(const CudaOptions* first, int count) {
  return open_group({.index = first->index, .tf32 = first->tf32}, count).release();
}

namespace {

std::string cuda_version(int number) { return text(number / 1000, ".", number % 1000 / 10); }

std::string describe_libraries() {
  int blas[3] = {}, runtime = 0;
  for (const auto part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL})
    check_status(cublasGetProperty(part, &blas[part]), "asking for cuBLAS's version");
  check_status(cudaRuntimeGetVersion(&runtime), "asking for the runtime's version");
  const size_t dnn = cudnnGetVersion();
  return text("runtime ", cuda_version(runtime), ", cuBLAS ", blas[0], ".", blas[1], ".", blas[2], ", cuDNN ",
              dnn / 10000, ".", dnn % 10000 / 100, ".", dnn % 100, ", ", describe_nccl());
}

}  // namespace

void cnnlab_cuda_info(std::vector<std::string>* lines) {
  try {
    int driver = 0, count = 0;
    lines->push_back(describe_libraries());
    check_driver();
    check_status(cudaDriverGetVersion(&driver), "asking for the driver");
    check_status(cudaGetDeviceCount(&count), "counting graphics cards");
    lines->push_back(text("the driver knows CUDA ", cuda_version(driver)));
    for (int i = 0; i < count; ++i) lines->push_back(describe_card(i));
  } catch (const std::exception& error) {
    lines->emplace_back(error.what());
  }
}
