#pragma once
#include <cublas_v2.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>

// Every call of CUDA's libraries passes here: one that failed becomes an Error of one line, which says what was being
// done.
namespace cnnlab::cuda {

void check_status(cudaError_t status, const char* doing);
void check_status(cublasStatus_t status, const char* doing);
void check_status(cudnnStatus_t status, const char* doing);

}  // namespace cnnlab::cuda
