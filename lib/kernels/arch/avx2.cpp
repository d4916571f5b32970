#include "lib/kernels/arch/table.simd.hpp"

namespace cnnlab::simd {

template <>
const Backend<float>& table<xsimd::fma3<xsimd::avx2>>() {
  static const Backend<float> table = make_table<xsimd::fma3<xsimd::avx2>>("avx2+fma");
  return table;
}

}  // namespace cnnlab::simd
