#include "lib/kernels/arch/choose.hpp"

// WebAssembly has no choice at run time: a browser without its SIMD instructions refuses the whole module.
namespace cnnlab {

const Backend<float>& simd_backend() { return simd::best_table<xsimd::sse4_2>(); }

std::span<const Backend<float>* const> simd_backends() { return simd::available_tables<xsimd::sse4_2>(); }

}  // namespace cnnlab
