#include "native/cuda/module.hpp"

#include <exception>

#include "lib/tensor/error.hpp"
#include "native/cuda/cuda_device.hpp"

using namespace cnnlab;
using namespace cnnlab::cuda;

// Never destroyed: tensors with static lifetime may outlive everything else.
Device* cnnlab_open_cuda(const CudaOptions* options) {
  return new CudaDevice({.index = options->index, .tf32 = options->tf32});
}

void cnnlab_cuda_info(std::vector<std::string>* lines) {
  int blas[3] = {};
  for (const auto part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL})
    check_status(cublasGetProperty(part, &blas[part]), "asking for cuBLAS's version");
  const size_t dnn = cudnnGetVersion();
  lines->push_back(text("built with ", CUDART_VERSION / 1000, ".", CUDART_VERSION % 1000 / 10, ", cuBLAS ", blas[0],
                        ".", blas[1], ".", blas[2], ", cuDNN ", dnn / 10000, ".", dnn % 10000 / 100, ".", dnn % 100));
  try {
    int driver = 0, count = 0;
    check_driver();
    check_status(cudaDriverGetVersion(&driver), "asking for the driver");
    check_status(cudaGetDeviceCount(&count), "counting graphics cards");
    lines->push_back(text("the driver knows CUDA ", driver / 1000, ".", driver % 1000 / 10));
    for (int i = 0; i < count; ++i) lines->push_back(describe_card(i));
  } catch (const std::exception& error) {
    lines->emplace_back(error.what());
  }
}
