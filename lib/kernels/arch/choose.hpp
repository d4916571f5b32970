#pragma once
#include <vector>

#include <xsimd/xsimd.hpp>

#include "lib/backend.hpp"

namespace cnnlab::simd {

template <class Arch>
const Backend<float>& table();

/// The table of the best of `Archs` (the best first) that this CPU has.
template <class... Archs>
const Backend<float>& best_table() {
  static const Backend<float>& best =
      *xsimd::dispatch<xsimd::arch_list<Archs...>>([](auto arch) { return &table<decltype(arch)>(); })();
  return best;
}

/// The tables of all of `Archs` that this CPU has. The last is what the whole program needs anyway.
template <class... Archs>
std::span<const Backend<float>* const> available_tables() {
  static const std::vector<const Backend<float>*> tables = [] {
    std::vector<const Backend<float>*> found;
    const unsigned best = xsimd::available_architectures().best;
    size_t left = sizeof...(Archs);
    ((--left == 0 || Archs::version() <= best ? found.push_back(&table<Archs>()) : void()), ...);
    return found;
  }();
  return tables;
}

}  // namespace cnnlab::simd
