#pragma once
#include "lib/backend.hpp"

namespace cnnlab::cuda {

/// The kernels on the current card: convolutions by cuDNN, matrix products by cuBLAS, the rest by our own.
const Backend<float>& cuda_backend();

}  // namespace cnnlab::cuda
