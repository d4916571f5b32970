#include "lib/kernels/arch/table.simd.hpp"

namespace cnnlab::simd {

template <>
const Backend<float>& table<xsimd::avx512bw>() {
  static const Backend<float> table = make_table<xsimd::avx512bw>("avx512");
  return table;
}

}  // namespace cnnlab::simd
