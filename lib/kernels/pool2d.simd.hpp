#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/planes.simd.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"

// N batch, C channels, H and W height and width, K window size, L lanes.
//
// Planes are small, so each is copied into a frame (the padding) of its own. In the frame, the window's element (kh,
// kw) of all outputs is one long run of numbers that begins kh rows and kw columns further on: whole vectors, no
// borders. What is computed between the outputs (past a row's end; with a stride, in between) is thrown away; that is
// cheaper than to step around it.
namespace cnnlab::simd {

/// A plane with a frame around it, in scratch memory.
template <class Arch>
struct Framed {
  int64_t rows, columns;
  float* data = scratch(Scratch::x, rows* columns + lanes<Arch>);

  /// Brings pixel (i, j) to (top + i · spacing, top + j · spacing), and `frame` everywhere else.
  void fill(const float* from, int64_t h, int64_t w, int64_t top, int64_t spacing, float frame) const {
    for (int64_t i = 0; i < rows * columns + lanes<Arch>; ++i) data[i] = frame;
    for (int64_t i = 0; i < h; ++i) {
      float* row = data + (top + i * spacing) * columns + top;
      for (int64_t j = 0; j < w; ++j) row[j * spacing] = from[i * w + j];
    }
  }
};

/// Read and written.
template <class Arch>
int64_t numbers_of_plane(const Pool2dGeometry& g) {
  return g.h * g.w + g.out_h() * g.out_w();
}

/// The runs that hold a plane's outputs: with stride 1 all rows are one run.
template <class Arch>
struct Runs {
  int64_t count, length, distance;

  Runs(int64_t out_h, int64_t out_w, int64_t stride, int64_t columns)
      : count(stride == 1 ? 1 : out_h),
        length((out_w - 1) * stride + 1 + (stride == 1 ? (out_h - 1) * columns : 0)),
        distance(stride * columns) {}
  /// Numbers of scratch memory that the results of all runs take.
  int64_t size(int64_t columns, int64_t out_h) const { return distance * out_h + columns + lanes<Arch>; }
};

/// Sums over K×K windows of a framed plane, times `factor`.
template <class Arch>
void window_sums(const Framed<Arch>& in, int64_t k, int64_t stride, int64_t out_h, int64_t out_w, float factor,
                 float* out) {
  using V = xsimd::batch<float, Arch>;
  const Runs<Arch> runs(out_h, out_w, stride, in.columns);
  float* sums = scratch(Scratch::tile, runs.size(in.columns, out_h));
  for (int64_t run = 0; run < runs.count; ++run)
    for (int64_t i = 0; i < runs.length; i += lanes<Arch>) {
      const float* first = in.data + run * runs.distance + i;
      V sum(0.0f);
      for (int64_t kh = 0; kh < k; ++kh)
        for (int64_t kw = 0; kw < k; ++kw) sum += V::load_unaligned(first + kh * in.columns + kw);
      (sum * V(factor)).store_unaligned(sums + run * runs.distance + i);
    }
  for (int64_t i = 0; i < out_h; ++i)
    for (int64_t j = 0; j < out_w; ++j) out[i * out_w + j] = sums[i * runs.distance + j * stride];
}

template <class Arch>
void avg_pool2d(const Pool2dGeometry& g, std::span<const float> x, std::span<float> y) {
  const float* from = x.data();
  float* to = y.data();
  parallel_for(g.n * g.c, numbers_of_plane<Arch>(g), [&](int64_t plane) {
    const Framed<Arch> framed{g.h + 2 * g.padding, g.w + 2 * g.padding};
    framed.fill(from + plane * g.h * g.w, g.h, g.w, g.padding, 1, 0.0f);
    window_sums<Arch>(framed, g.k, g.stride, g.out_h(), g.out_w(), 1.0f / static_cast<float>(g.k * g.k),
                      to + plane * g.out_h() * g.out_w());
  });
}

/// An x received a share from the window at (h + padding − kh) / stride: the windows that cover it are themselves a
/// window of dy, framed and spread out on the grid of x.
template <class Arch>
void avg_pool2d_backward(const Pool2dGeometry& g, std::span<const float> dy, std::span<float> dx) {
  const float* from = dy.data();
  float* to = dx.data();
  const int64_t top = g.k - 1 - g.padding;
  const auto size = [&](int64_t in, int64_t out) { return std::max(in + g.k - 1, top + (out - 1) * g.stride + 1); };
  parallel_for(g.n * g.c, numbers_of_plane<Arch>(g), [&](int64_t plane) {
    const Framed<Arch> framed{size(g.h, g.out_h()), size(g.w, g.out_w())};
    framed.fill(from + plane * g.out_h() * g.out_w(), g.out_h(), g.out_w(), top, g.stride, 0.0f);
    window_sums<Arch>(framed, g.k, 1, g.h, g.w, 1.0f / static_cast<float>(g.k * g.k), to + plane * g.h * g.w);
  });
}

/// Keeps, beside the largest number, how far from the window's first pixel it stood (as a float, so that one mask
/// chooses both; planes are far smaller than the 2²⁴ numbers that a float can count).
template <class Arch>
void max_pool2d(const Pool2dGeometry& g, std::span<const float> x, std::span<float> y, std::span<int32_t> argmax) {
  using V = xsimd::batch<float, Arch>;
  constexpr float lowest = -std::numeric_limits<float>::infinity();
  const float* from = x.data();
  float* to = y.data();
  int32_t* places = argmax.data();
  const int64_t out_h = g.out_h(), out_w = g.out_w();
  parallel_for(g.n * g.c, numbers_of_plane<Arch>(g), [&](int64_t plane) {
    const Framed<Arch> framed{g.h + 2 * g.padding, g.w + 2 * g.padding};
    framed.fill(from + plane * g.h * g.w, g.h, g.w, g.padding, 1, lowest);
    const Runs<Arch> runs(out_h, out_w, g.stride, framed.columns);
    float* values = scratch(Scratch::tile, 2 * runs.size(framed.columns, out_h));
    float* elements = values + runs.size(framed.columns, out_h);
    for (int64_t run = 0; run < runs.count; ++run)
      for (int64_t i = 0; i < runs.length; i += lanes<Arch>) {
        const float* first = framed.data + run * runs.distance + i;
        V best(lowest), element(-1.0f);
        for (int64_t kh = 0; kh < g.k; ++kh)
          for (int64_t kw = 0; kw < g.k; ++kw) {
            const V value = V::load_unaligned(first + kh * framed.columns + kw);
            const auto wins = (value > best) | xsimd::isnan(value);
            best = xsimd::select(wins, value, best);
            element = xsimd::select(wins, V(static_cast<float>(kh * g.w + kw)), element);
          }
        best.store_unaligned(values + run * runs.distance + i);
        element.store_unaligned(elements + run * runs.distance + i);
      }
    for (int64_t i = 0; i < out_h; ++i)
      for (int64_t j = 0; j < out_w; ++j) {
        const int64_t at = i * runs.distance + j * g.stride, out = (plane * out_h + i) * out_w + j;
        const int64_t top = i * g.stride - g.padding, left = j * g.stride - g.padding;
        const auto element = static_cast<int64_t>(elements[at]);  // counted from the window's first pixel
        to[out] = values[at];
        // Where all are −∞ none has won; then it is the first that is not padding.
        places[out] = static_cast<int32_t>(element < 0 ? std::max<int64_t>(top, 0) * g.w + std::max<int64_t>(left, 0)
                                                       : top * g.w + left + element);
      }
  });
}

template <class Arch>
void max_pool2d_backward(const Pool2dGeometry& g, std::span<const int32_t> argmax, std::span<const float> dy,
                         std::span<float> dx) {
  const int32_t* places = argmax.data();
  const float* from = dy.data();
  float* to = dx.data();
  const int64_t pixels = g.out_h() * g.out_w();
  parallel_for(g.n * g.c, numbers_of_plane<Arch>(g), [&](int64_t plane) {
    float* out = to + plane * g.h * g.w;
    for (int64_t i = 0; i < g.h * g.w; ++i) out[i] = 0;
    for (int64_t p = plane * pixels; p < (plane + 1) * pixels; ++p) out[places[p]] += from[p];
  });
}

template <class Arch>
void global_avg_pool2d(int64_t planes, int64_t pixels, std::span<const float> x, std::span<float> y) {
  const float* from = x.data();
  float* to = y.data();
  parallel_for(planes, pixels, [&](int64_t plane) {
    const float* first = from + plane * pixels;
    to[plane] = plane_sum<Arch>(pixels, [&](auto v, int64_t i) { return read<Arch>(first + i, v); }) /
                static_cast<float>(pixels);
  });
}

template <class Arch>
void global_avg_pool2d_backward(int64_t planes, int64_t pixels, std::span<const float> dy, std::span<float> dx) {
  const float* from = dy.data();
  float* to = dx.data();
  parallel_for(planes, pixels, [&](int64_t plane) {
    const float share = from[plane] / static_cast<float>(pixels);
    for_vectors<Arch>(pixels, [&](auto v, int64_t i) { write<Arch>(decltype(v)(share), to + plane * pixels + i); });
  });
}

}  // namespace cnnlab::simd
