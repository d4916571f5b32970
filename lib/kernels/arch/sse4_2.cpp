#include "lib/kernels/arch/table.simd.hpp"

namespace cnnlab::simd {

template <>
const Backend<float>& table<xsimd::sse4_2>() {
  static const Backend<float> table = make_table<xsimd::sse4_2>("sse4.2");
  return table;
}

}  // namespace cnnlab::simd
