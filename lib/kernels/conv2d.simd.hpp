#pragma once
#include <algorithm>
#include <cstdint>

#include "lib/kernels/channels.simd.hpp"
#include "lib/kernels/conv2d_few.simd.hpp"
#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"
#include "lib/kernels/winograd.simd.hpp"

// Convolution on images packed one to a lane (lanes.simd.hpp).
// N batch, C channels, H and W height and width, O output channels, K kernel size, L lanes.
namespace cnnlab::simd {

/// What both directions come down to: out[o][i][j] = bias[o] + Σ_{c,kh,kw} in[c][i·stride + kh][j·stride + kw] ·
/// w[o][c][kh][kw] on padded images. `in_plane` and `in_row` are distances in numbers.
struct Correlation {
  struct Range {
    int64_t begin, end;
  };

  int64_t c, o, k, stride, out_h, out_w, in_plane, in_row;
  Range rows, columns;  // those that are not padding: products with the others add nothing and are left out

  /// Where the weights of a block of channels that begins at `channel` stand.
  int64_t weights_of(int64_t channel) const { return channel * c * k * k; }
};

/// The innermost loops: M output channels × P neighbouring pixels × L images in M·P registers; in each step P vectors
/// of the image meet M broadcast weights. Only `rows` × `columns` of the kernel's elements take part, the first of
/// which `in` and `weight` point to. K is the kernel size if it is known and all columns take part, or 0.
template <class Arch, int K>
struct ConvTileKernel {
  template <int M, int P>
  static void run(const Correlation& g, int64_t rows, int64_t columns, const float* in, const float* weight,
                  const float* bias, float* out, int64_t out_plane) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    const int64_t k = K > 0 ? K : g.k, width = K > 0 ? K : columns, step = K > 0 ? L : g.stride * L;
    V sum[M][P];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p] = V(bias ? bias[m] : 0.0f);
    for (int64_t c = 0; c < g.c; ++c, in += g.in_plane, weight += (k - rows) * k * M) {
      const float* row = in;
      for (int64_t kh = 0; kh < rows; ++kh, row += g.in_row, weight += (k - width) * M)
#pragma GCC unroll 8
        for (int64_t kw = 0; kw < width; ++kw, weight += M) {
          V x[P];
#pragma GCC unroll 8
          for (int p = 0; p < P; ++p) x[p] = V::load_aligned(row + kw * L + p * step);
#pragma GCC unroll 8
          for (int m = 0; m < M; ++m) {
            const V w(weight[m]);
#pragma GCC unroll 8
            for (int p = 0; p < P; ++p) sum[m][p] = xsimd::fma(w, x[p], sum[m][p]);
          }
        }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p].store_aligned(out + m * out_plane + p * L);
  }
};

template <class Arch>
auto conv_tile_kernel(const Correlation& g, int64_t columns, int64_t channels, int64_t pixels) {
  constexpr int M = ConvTile<Arch>::channels, P = ConvTile<Arch>::pixels;
  static constexpr auto any = instances<ConvTileKernel<Arch, 0>, M, P>();
  static constexpr auto k1 = instances<ConvTileKernel<Arch, 1>, M, P>();
  static constexpr auto k3 = instances<ConvTileKernel<Arch, 3>, M, P>();
  static constexpr auto k5 = instances<ConvTileKernel<Arch, 5>, M, P>();
  const bool whole = g.stride == 1 && columns == g.k;
  const auto& table = !whole ? any : g.k == 1 ? k1 : g.k == 3 ? k3 : g.k == 5 ? k5 : any;
  return table[(channels - 1) * P + pixels - 1];
}

/// The elements of the kernel that lie on `range` for at least one of `count` outputs from `first` on.
template <class Arch>
Correlation::Range kernel_elements(const Correlation& g, Correlation::Range range, int64_t first, int64_t count) {
  const int64_t begin = std::max<int64_t>(0, range.begin - (first + count - 1) * g.stride);
  return {begin, std::max(begin, std::min(g.k, range.end - first * g.stride))};
}

/// Output channels of the blocks [block_begin, block_end) of EvenSplit(o, ConvTile::channels), for one group of images.
template <class Arch>
void correlate(Correlation g, int64_t block_begin, int64_t block_end, const float* in, const float* weight,
               const float* bias, Images<float> out) {
  constexpr int64_t L = lanes<Arch>;
  const int64_t pixels = g.out_h * g.out_w;
  if (g.k == 1 && g.stride == 1 && g.in_row == g.out_w * L) {  // no neighbours: the image is one long row
    g.out_h = 1;
    g.out_w = pixels;
    g.rows = {0, 1};
    g.columns = {0, pixels};
  }
  const EvenSplit<Arch> channels(g.o, ConvTile<Arch>::channels), parts(g.out_w, ConvTile<Arch>::pixels);
  float* tile = scratch(Scratch::tile, ConvTile<Arch>::channels * pixels * L);
  for (int64_t block = block_begin; block < block_end; ++block) {
    const int64_t o = channels.begin(block), count = channels.size(block);
    for (int64_t i = 0; i < g.out_h; ++i) {
      const Correlation::Range rows = kernel_elements<Arch>(g, g.rows, i, 1);
      for (int64_t part = 0; part < parts.parts; ++part) {
        const int64_t j = parts.begin(part), width = parts.size(part);
        const Correlation::Range columns = kernel_elements<Arch>(g, g.columns, j, width);
        conv_tile_kernel<Arch>(g, columns.end - columns.begin, count, width)(
            g, rows.end - rows.begin, columns.end - columns.begin,
            in + (i * g.stride + rows.begin) * g.in_row + (j * g.stride + columns.begin) * L,
            weight + g.weights_of(o) + (rows.begin * g.k + columns.begin) * count, bias ? bias + o : nullptr,
            tile + (i * g.out_w + j) * L, pixels * L);
      }
    }
    for (int64_t m = 0; m < count; ++m)
      unpack_row<Arch>(tile + m * pixels * L, pixels, {out.data + (o + m) * pixels, out.stride, out.count});
  }
}

/// Weights in the order in which the tiles read them: block by block [c][kh][kw][output channel in the block].
/// `at(o, c, kh, kw)` is the weight.
template <class Arch, class At>
const float* pack_weights(int64_t o, int64_t c, int64_t k, const At& at) {
  float* to = scratch(Scratch::weights, o * c * k * k);
  const EvenSplit<Arch> channels(o, ConvTile<Arch>::channels);
  parallel_for(channels.parts, channels.size(0) * c * k * k, [&](int64_t block) {
    float* next = to + channels.begin(block) * c * k * k;
    for (int64_t channel = 0; channel < c; ++channel)
      for (int64_t kh = 0; kh < k; ++kh)
        for (int64_t kw = 0; kw < k; ++kw)
          for (int64_t m = channels.begin(block); m < channels.begin(block + 1); ++m) *next++ = at(m, channel, kh, kw);
  });
  return to;
}

/// So few that most lanes would stay empty.
template <class Arch>
bool few_images(const Conv2dGeometry& g) {
  return 5 * g.n < 2 * lanes<Arch>;
}

template <class Arch>
void conv2d_of_planes(const Conv2dGeometry& g, const Planes& x, const float* weight_data, const float* bias_data,
                      float* y_data) {
  constexpr int64_t L = lanes<Arch>;
  const TilePlan<Arch> plan(g.k, g.padding, g.h, g.w);
  const bool tiled = plan.pays(g.c, g.o, g.stride);
  const WinogradOf<Arch> winograd_of(g.k);
  const Packed<Arch> shape{g.c, g.h + 2 * g.padding, g.w + 2 * g.padding};
  const Correlation correlation{.c = g.c,
                                .o = g.o,
                                .k = g.k,
                                .stride = g.stride,
                                .out_h = g.out_h(),
                                .out_w = g.out_w(),
                                .in_plane = shape.plane(),
                                .in_row = shape.row(),
                                .rows = {g.padding, g.padding + g.h},
                                .columns = {g.padding, g.padding + g.w}};
  const auto at = [&](int64_t o, int64_t c, int64_t kh, int64_t kw) {
    return weight_data[((o * g.c + c) * g.k + kh) * g.k + kw];
  };
  const float* weights = tiled ? winograd_of.weights(g.o, g.c, at) : pack_weights<Arch>(g.o, g.c, g.k, at);

  const int64_t groups = (g.n + L - 1) / L, blocks = EvenSplit<Arch>(g.o, ConvTile<Arch>::channels).parts;
  const int64_t parts = parts_per_group(groups, blocks);
  parallel_for(groups * parts, [&](int64_t task) {
    const int64_t first = task / parts * L, part = task % parts, count = std::min(L, g.n - first);
    const int64_t y_stride = g.o * g.out_h() * g.out_w();
    const int64_t block_begin = blocks * part / parts, block_end = blocks * (part + 1) / parts;
    const Images<float> out{y_data + first * y_stride, y_stride, count};
    if (tiled) return winograd_of.run(g.c, g.o, plan, block_begin, block_end, x, first, weights, bias_data, out);
    float* packed = scratch(Scratch::x, shape.size());
    pack<Arch>(x, first, count, g.h, g.w, shape, g.padding, 1, packed);
    correlate<Arch>(correlation, block_begin, block_end, packed, weights, bias_data, out);
  });
}

template <class Arch>
void conv2d(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y) {
  const float *x_data = x.data(), *bias_data = bias.empty() ? nullptr : bias.data();
  if (few_images<Arch>(g)) return conv2d_few<Arch>(g, x_data, weight.data(), bias_data, y.data());
  conv2d_of_planes<Arch>(g, {x_data, g.c * g.h * g.w, g.h * g.w}, weight.data(), bias_data, y.data());
}

template <class Arch>
void conv2d_channels(const Conv2dGeometry& g, Channels<float> x, std::span<const float> weight,
                     std::span<const float> bias, std::span<float> y) {
  if (few_images<Arch>(g)) {
    const std::span<float> written(scratch(Scratch::dy, g.n * g.c * g.h * g.w), g.n * g.c * g.h * g.w);
    write_channels<Arch>(g.n, g.h * g.w, x, written);
    return conv2d<Arch>(g, written, weight, bias, y);
  }
  conv2d_of_planes<Arch>(g, {nullptr, 0, 0, x}, weight.data(), bias.empty() ? nullptr : bias.data(), y.data());
}

}  // namespace cnnlab::simd
