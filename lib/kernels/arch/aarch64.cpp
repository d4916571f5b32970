#include "lib/kernels/arch/choose.hpp"

namespace cnnlab {

const Backend<float>& simd_backend() { return simd::best_table<xsimd::neon64>(); }

std::span<const Backend<float>* const> simd_backends() { return simd::available_tables<xsimd::neon64>(); }

}  // namespace cnnlab
