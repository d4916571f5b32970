#pragma once
#include <algorithm>
#include <cstdint>
#include <span>

#include "lib/kernels/parallel.hpp"
#include "lib/kernels/planes.simd.hpp"

// What is done to each number by itself, or is only moved: bound by memory, so it is shared out to the threads in
// pieces that fit into a core's own cache, and its results have the reference's bits.
namespace cnnlab::simd {

/// each(begin, end) for pieces of 0 … count.
template <class Arch, class Each>
void for_pieces(int64_t count, const Each& each) {
  constexpr int64_t piece = 1 << 14;
  parallel_for((count + piece - 1) / piece,
               [&](int64_t task) { each(task * piece, std::min(count, (task + 1) * piece)); });
}

template <class Arch, class V>
V rectified(V x) {
  if constexpr (std::is_same_v<V, float>) {
    return x < 0 ? 0.0f : x;
  } else {
    return xsimd::select(x < V(0.0f), V(0.0f), x);
  }
}

/// dy where the reference lets it through: everywhere but at x ≤ 0.
template <class Arch, class V>
V passed(V x, V dy) {
  if constexpr (std::is_same_v<V, float>) {
    return x <= 0 ? 0.0f : dy;
  } else {
    return xsimd::select(x <= V(0.0f), V(0.0f), dy);
  }
}

template <class Arch>
void relu(std::span<const float> x, std::span<float> y) {
  const float* from = x.data();
  float* to = y.data();
  for_pieces<Arch>(static_cast<int64_t>(x.size()), [=](int64_t begin, int64_t end) {
    for_vectors<Arch>(end - begin, [&](auto v, int64_t i) {
      write<Arch>(rectified<Arch>(read<Arch>(from + begin + i, v)), to + begin + i);
    });
  });
}

template <class Arch>
void relu_backward(std::span<const float> x, std::span<const float> dy, std::span<float> dx) {
  const float *from = x.data(), *gradient = dy.data();
  float* to = dx.data();
  for_pieces<Arch>(static_cast<int64_t>(x.size()), [=](int64_t begin, int64_t end) {
    for_vectors<Arch>(end - begin, [&](auto v, int64_t i) {
      write<Arch>(passed<Arch>(read<Arch>(from + begin + i, v), read<Arch>(gradient + begin + i, v)), to + begin + i);
    });
  });
}

template <class Arch>
void add(std::span<const float> a, std::span<const float> b, std::span<float> y) {
  const float *left = a.data(), *right = b.data();
  float* to = y.data();
  for_pieces<Arch>(static_cast<int64_t>(a.size()), [=](int64_t begin, int64_t end) {
    for_vectors<Arch>(end - begin, [&](auto v, int64_t i) {
      write<Arch>(read<Arch>(left + begin + i, v) + read<Arch>(right + begin + i, v), to + begin + i);
    });
  });
}

/// Long runs are cut, and short ones put together, into pieces.
template <class Arch>
void copy_runs(int64_t rows, int64_t run, std::span<const float> from, int64_t from_stride, std::span<float> to,
               int64_t to_stride) {
  const float* source = from.data();
  float* target = to.data();
  if (run == 0) return;
  for_pieces<Arch>(rows * run, [=](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end;) {
      const int64_t row = at / run, column = at % run, count = std::min(end - at, run - column);
      const float* first = source + row * from_stride + column;
      float* out = target + row * to_stride + column;
      for_vectors<Arch>(count, [&](auto v, int64_t i) { write<Arch>(read<Arch>(first + i, v), out + i); });
      at += count;
    }
  });
}

}  // namespace cnnlab::simd
