#include <cublas_v2.h>

#include "tests/cuda_on_cpu/card.hpp"

// Stand-ins for the functions of cuBLAS that native/cuda calls.
using cnnlab::testing::Card;

struct cublasContext {
  cudaStream_t stream = nullptr;
  cublasMath_t math = CUBLAS_DEFAULT_MATH;
  void* workspace = nullptr;
};

namespace {

// A matrix as cuBLAS sees it: columns first.
struct Matrix {
  const float* numbers;
  int leading;
  bool transposed;
  float operator()(int row, int column) const {
    return transposed ? numbers[row * leading + column] : numbers[column * leading + row];
  }
};

size_t bytes(int leading, int columns) { return sizeof(float) * static_cast<size_t>(leading) * columns; }

}  // namespace

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  *handle = new cublasContext;
  ++Card::instance().handles;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  delete handle;  // what is lost when this fails is the card's
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  --Card::instance().handles;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  if (!Card::instance().takes_kernels(stream)) return CUBLAS_STATUS_INVALID_VALUE;
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  handle->math = mode;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t size) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  if (!Card::instance().owns(workspace, size, Card::current)) return CUBLAS_STATUS_INVALID_VALUE;
  handle->workspace = workspace;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b, int m, int n,
                              int k, const float* alpha, const float* a, int lda, const float* b, int ldb,
                              const float* beta, float* c, int ldc) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  const Card& card = Card::instance();
  const bool a_t = op_a == CUBLAS_OP_T, b_t = op_b == CUBLAS_OP_T;
  const bool fits = lda >= (a_t ? k : m) && ldb >= (b_t ? n : k) && ldc >= m && m > 0 && n > 0 && k > 0 &&
                    card.owns(a, bytes(lda, a_t ? m : k), Card::current) &&
                    card.owns(b, bytes(ldb, b_t ? k : n), Card::current) && card.owns(c, bytes(ldc, n), Card::current);
  if (!card.takes_kernels(handle->stream) || !handle->workspace || handle->math != CUBLAS_PEDANTIC_MATH ||
      *alpha != 1 || *beta != 0 || !fits)
    return CUBLAS_STATUS_INVALID_VALUE;
  const cnnlab::testing::Touched touched{
      .by = __func__, .read = {{a}, {b}}, .written = {{c}}, .workspace = handle->workspace};
  Card::instance().submit(handle->stream, touched, [=] {
    const Matrix left{a, lda, a_t}, right{b, ldb, b_t};
    for (int column = 0; column < n; ++column) {
      for (int row = 0; row < m; ++row) {
        float sum = 0;
        for (int i = 0; i < k; ++i) sum += left(row, i) * right(i, column);
        c[column * ldc + row] = sum;
      }
    }
  });
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetProperty(libraryPropertyType part, int* value) {
  CNNLAB_CALL(CUBLAS_STATUS_INTERNAL_ERROR);
  *value = part == MAJOR_VERSION ? 13 : part == MINOR_VERSION ? 1 : 2;
  return CUBLAS_STATUS_SUCCESS;
}

const char* cublasGetStatusString(cublasStatus_t) { return "an internal operation failed"; }

}  // extern "C"
