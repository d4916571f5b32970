#include "lib/kernels/arch/table.simd.hpp"

namespace cnnlab::simd {

template <>
const Backend<float>& table<xsimd::sse4_2>() {
#ifdef __EMSCRIPTEN__  // whose SSE headers are made of WebAssembly's own vectors
  static const Backend<float> table = make_table<xsimd::sse4_2>("wasm simd");
#else
  static const Backend<float> table = make_table<xsimd::sse4_2>("sse4.2");
#endif
  return table;
}

}  // namespace cnnlab::simd
