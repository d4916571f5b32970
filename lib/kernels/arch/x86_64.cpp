#include "lib/kernels/arch/choose.hpp"

namespace cnnlab {

const Backend<float>& simd_backend() {
  return simd::best_table<xsimd::avx512bw, xsimd::fma3<xsimd::avx2>, xsimd::sse4_2>();
}

std::span<const Backend<float>* const> simd_backends() {
  return simd::available_tables<xsimd::avx512bw, xsimd::fma3<xsimd::avx2>, xsimd::sse4_2>();
}

}  // namespace cnnlab
