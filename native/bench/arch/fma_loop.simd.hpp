#pragma once
#include <cstdint>

#include <xsimd/xsimd.hpp>

namespace cnnlab::bench {

/// Multiply-adds of one round of `fma_loop`.
template <class Arch>
constexpr int64_t fma_round = 12 * static_cast<int64_t>(xsimd::batch<float, Arch>::size);

/// Does nothing but multiply-adds in registers: the most that this instruction set can do. Twelve independent sums keep
/// every unit busy (two units, four to five cycles each), and fit the sixteen registers of SSE and AVX.
template <class Arch>
float fma_loop(int64_t rounds) {
  using Batch = xsimd::batch<float, Arch>;
  const Batch factor(0.999f), term(0.001f);
  Batch a(2), b(3), c(4), d(5), e(6), f(7), g(8), h(9), i(10), j(11), k(12), l(13);
  for (int64_t round = 0; round < rounds; ++round) {
    for (Batch* sum : {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l}) *sum = xsimd::fma(*sum, factor, term);
  }
  return xsimd::hadd(a + b + c + d + e + f + g + h + i + j + k + l);
}

}  // namespace cnnlab::bench
