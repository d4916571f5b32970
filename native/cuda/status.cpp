#include "native/cuda/status.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab::cuda {

void check_status(cudaError_t status, const char* doing) {
  check(status == cudaSuccess, "cuda: ", doing, " failed: ", cudaGetErrorString(status), " (CUDA error ",
        static_cast<int>(status), ")");
}

void check_status(cublasStatus_t status, const char* doing) {
  check(status == CUBLAS_STATUS_SUCCESS, "cuda: ", doing, " failed: ", cublasGetStatusString(status),
        " (cuBLAS status ", static_cast<int>(status), ")");
}

void check_status(cudnnStatus_t status, const char* doing) {
  check(status == CUDNN_STATUS_SUCCESS, "cuda: ", doing, " failed: ", cudnnGetErrorString(status), " (cuDNN status ",
        static_cast<int>(status), ")");
}

}  // namespace cnnlab::cuda
