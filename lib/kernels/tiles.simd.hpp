#pragma once
#include <array>
#include <cstdint>
#include <utility>

#include "lib/kernels/lanes.simd.hpp"

// The register blocks that matrix products and convolutions are made of, and how work is cut into even parts.
namespace cnnlab::simd {

/// `total` things cut into the fewest parts of at most `most`, of sizes as equal as can be, the larger ones first: 20
/// by at most 6 is 5 + 5 + 5 + 5, so no part is left with a remainder that fills a fraction of the registers.
template <class Arch>
struct EvenSplit {
  int64_t parts, size_of_all, larger;

  EvenSplit(int64_t total, int64_t most)
      : parts((total + most - 1) / most),
        size_of_all(parts > 0 ? total / parts : 0),
        larger(parts > 0 ? total % parts : 0) {}
  int64_t begin(int64_t part) const { return part * size_of_all + (part < larger ? part : larger); }
  int64_t size(int64_t part) const { return size_of_all + (part < larger ? 1 : 0); }
};

/// Registers of one vector, of which most hold sums.
template <class Arch>
inline constexpr bool has_32_registers = lanes<Arch> == 16 || std::is_base_of_v<xsimd::neon64, Arch>;

/// The most sums that fit into the registers beside the factors: `channels` × `pixels`.
template <class Arch>
struct ConvTile {
  static constexpr int channels = lanes<Arch> == 4 && !has_32_registers<Arch> ? 4 : 6;
  static constexpr int pixels = has_32_registers<Arch> ? 4 : 2;
};

/// A table of a kernel's instances: get<Kernel, M, N>()[m − 1][n − 1] computes with a block of m × n sums.
template <class Kernel, int M, int N>
constexpr auto instances() {
  return []<size_t... I>(std::index_sequence<I...>) {
    return std::array{Kernel::template run<I / N + 1, I % N + 1>...};
  }
  (std::make_index_sequence<M * N>{});
}

}  // namespace cnnlab::simd
