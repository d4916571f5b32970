#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#include "lib/kernels/lanes.simd.hpp"

// Vectors along a plane, or any other run of numbers, and what is left of it at the end.
namespace cnnlab::simd {

/// `count` neighbouring numbers, first in vectors and then one by one: each(V, i) is called with a value of the type to
/// compute with, so that what is done is written once.
template <class Arch, class Each>
void for_vectors(int64_t count, const Each& each) {
  constexpr int64_t L = lanes<Arch>;
  int64_t i = 0;
  for (; i + L <= count; i += L) each(xsimd::batch<float, Arch>(0.0f), i);
  for (; i < count; ++i) each(0.0f, i);
}

/// The number, or the vector of them, at `from`.
template <class Arch, class V>
V read(const float* from, V) {
  if constexpr (std::is_same_v<V, float>) {
    return *from;
  } else {
    return V::load_unaligned(from);
  }
}
template <class Arch, class V>
void write(V value, float* to) {
  if constexpr (std::is_same_v<V, float>) {
    *to = value;
  } else {
    value.store_unaligned(to);
  }
}

/// Σ term(V, i) over a plane.
template <class Arch, class Term>
float plane_sum(int64_t pixels, const Term& term) {
  using V = xsimd::batch<float, Arch>;
  constexpr int64_t L = lanes<Arch>;
  V sums[4]{V(0.0f), V(0.0f), V(0.0f), V(0.0f)};  // an addition takes some cycles: four of them overlap
  int64_t i = 0;
  for (; i + 4 * L <= pixels; i += 4 * L)
    for (int64_t k = 0; k < 4; ++k) sums[k] += term(V(0.0f), i + k * L);
  for (; i + L <= pixels; i += L) sums[0] += term(V(0.0f), i);
  float sum = xsimd::hadd((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < pixels; ++i) sum += term(0.0f, i);
  return sum;
}

/// The same of the two terms that term(V, i) returns.
template <class Arch, class Term>
std::pair<float, float> plane_sums(int64_t pixels, const Term& term) {
  using V = xsimd::batch<float, Arch>;
  constexpr int64_t L = lanes<Arch>;
  V first[2]{V(0.0f), V(0.0f)}, second[2]{V(0.0f), V(0.0f)};
  const auto add = [&](int64_t k, int64_t i) {
    const auto [a, b] = term(V(0.0f), i);
    first[k] += a;
    second[k] += b;
  };
  int64_t i = 0;
  for (; i + 2 * L <= pixels; i += 2 * L) {
    add(0, i);
    add(1, i + L);
  }
  for (; i + L <= pixels; i += L) add(0, i);
  std::pair<float, float> sums{xsimd::hadd(first[0] + first[1]), xsimd::hadd(second[0] + second[1])};
  for (; i < pixels; ++i) {
    const auto [a, b] = term(0.0f, i);
    sums.first += a;
    sums.second += b;
  }
  return sums;
}

}  // namespace cnnlab::simd
