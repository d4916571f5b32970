#include "lib/kernels/arch/table.simd.hpp"

namespace cnnlab::simd {

template <>
const Backend<float>& table<xsimd::neon64>() {
  static const Backend<float> table = make_table<xsimd::neon64>("neon");
  return table;
}

}  // namespace cnnlab::simd
