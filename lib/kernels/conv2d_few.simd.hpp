#pragma once
#include <algorithm>
#include <cstdint>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"

// The forward convolution of a few images, as when one drawn digit is read: most lanes would stay empty with an image
// in each. So here the lanes are output channels, and what is broadcast is the pixel. N batch, C channels, H and W
// height and width, O output channels, K kernel size, L lanes.
namespace cnnlab::simd {

template <class Arch>
struct FewTile {
  static constexpr int pixels = has_32_registers<Arch> ? 12 : 6;
};

/// P neighbouring pixels × L output channels in P registers; in each step one vector of weights meets P pixels.
template <class Arch>
struct FewTileKernel {
  template <int P, int>
  static void run(const Conv2dGeometry& g, int64_t in_plane, int64_t in_row, const float* in, const float* weight,
                  const float* bias, float* out) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[P];
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) sum[p] = V::load_aligned(bias);
    for (int64_t c = 0; c < g.c; ++c, in += in_plane) {
      const float* row = in;
      for (int64_t kh = 0; kh < g.k; ++kh, row += in_row)
        for (int64_t kw = 0; kw < g.k; ++kw, weight += L) {
          const V w = V::load_aligned(weight);
#pragma GCC unroll 16
          for (int p = 0; p < P; ++p) sum[p] = xsimd::fma(w, V(row[kw + p * g.stride]), sum[p]);
        }
    }
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) sum[p].store_aligned(out + p * L);
  }
};

/// Blocks of L output channels: their biases, then [c][kh][kw][lane]; channels that there are not are zero.
template <class Arch>
const float* pack_channels(const Conv2dGeometry& g, const float* weight, const float* bias) {
  constexpr int64_t L = lanes<Arch>;
  const int64_t blocks = (g.o + L - 1) / L, of_one = g.c * g.k * g.k;
  float* to = scratch(Scratch::weights, blocks * (1 + of_one) * L);
  parallel_for(blocks, of_one * L, [&](int64_t block) {
    const int64_t first = block * L, there = std::min(L, g.o - first);
    float* next = to + block * (1 + of_one) * L;
    for (int64_t lane = 0; lane < L; ++lane) next[lane] = lane < there && bias ? bias[first + lane] : 0.0f;
    pack_row<Arch>({weight + first * of_one, of_one, there}, of_one, next + L, L);
  });
  return to;
}

template <class Arch>
void conv2d_few(const Conv2dGeometry& g, const float* x, const float* weight, const float* bias, float* y) {
  constexpr int64_t L = lanes<Arch>;
  static constexpr auto kernels = instances<FewTileKernel<Arch>, FewTile<Arch>::pixels, 1>();
  const int64_t rows = g.h + 2 * g.padding, row = g.w + 2 * g.padding, pixels = g.out_h() * g.out_w();
  const int64_t blocks = (g.o + L - 1) / L, of_block = (1 + g.c * g.k * g.k) * L;
  const bool flat = g.k == 1 && g.stride == 1 && g.padding == 0;  // no neighbours: the image is one long row
  const int64_t out_h = flat ? 1 : g.out_h(), out_w = flat ? pixels : g.out_w();
  const EvenSplit<Arch> columns(out_w, FewTile<Arch>::pixels);
  const float* weights = pack_channels<Arch>(g, weight, bias);
  parallel_for(g.n * blocks, g.c * g.k * g.k * pixels, [&](int64_t task) {
    const int64_t n = task / blocks, block = task % blocks;
    const float* image = x + n * g.c * g.h * g.w;
    if (g.padding > 0) {
      float* padded = scratch(Scratch::x, g.c * rows * row);
      for (int64_t i = 0; i < g.c * rows * row; ++i) padded[i] = 0;
      for (int64_t c = 0; c < g.c; ++c)
        for (int64_t h = 0; h < g.h; ++h)
          for (int64_t w = 0; w < g.w; ++w)
            padded[(c * rows + h + g.padding) * row + w + g.padding] = image[(c * g.h + h) * g.w + w];
      image = padded;
    }
    float* tile = scratch(Scratch::tile, pixels * L);
    const float* first = weights + block * of_block;
    for (int64_t i = 0; i < out_h; ++i)
      for (int64_t part = 0; part < columns.parts; ++part) {
        const int64_t j = columns.begin(part);
        kernels[columns.size(part) - 1](g, rows * row, row, image + (i * row + j) * g.stride, first + L, first,
                                        tile + (i * out_w + j) * L);
      }
    unpack_row<Arch>(tile, pixels, {y + (n * g.o + block * L) * pixels, pixels, std::min(L, g.o - block * L)});
  });
}

}  // namespace cnnlab::simd
