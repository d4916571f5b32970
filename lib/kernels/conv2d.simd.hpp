#pragma once
#include <algorithm>
#include <cstdint>

#include "lib/kernels/conv2d_few.simd.hpp"
#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"

// Convolution on images packed one to a lane (lanes.simd.hpp).
// N batch, C channels, H and W height and width, O output channels, K kernel size, L lanes.
namespace cnnlab::simd {

/// What both directions come down to: out[o][i][j] = bias[o] + Σ_{c,kh,kw} in[c][i·stride + kh][j·stride + kw] ·
/// w[o][c][kh][kw] on padded images. `in_plane` and `in_row` are distances in numbers.
struct Correlation {
  int64_t c, o, k, stride, out_h, out_w, in_plane, in_row;
  int64_t rows_begin, rows_end;  // the rows of a plane that are not padding: the others add nothing and are left out

  /// Where the weights of a block of channels that begins at `channel` stand.
  int64_t weights_of(int64_t channel) const { return channel * c * k * k; }
};

/// The most sums that fit into the registers beside the factors: `channels` × `pixels`.
template <class Arch>
struct ConvTile {
  static constexpr int channels = lanes<Arch> == 4 && !has_32_registers<Arch> ? 4 : 6;
  static constexpr int pixels = has_32_registers<Arch> ? 4 : 2;
};

/// The innermost loops: M output channels × P neighbouring pixels × L images in M·P registers; in each step P vectors
/// of the image meet M broadcast weights. `in` and `weight` begin at the first of `rows` rows of the kernel. K is the
/// kernel size as a constant, or 0 for any size and stride.
template <class Arch, int K>
struct ConvTileKernel {
  template <int M, int P>
  static void run(const Correlation& g, int64_t rows, const float* in, const float* weight, const float* bias,
                  float* out, int64_t out_plane) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    const int64_t k = K > 0 ? K : g.k, step = K > 0 ? L : g.stride * L;
    V sum[M][P];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p] = V(bias ? bias[m] : 0.0f);
    for (int64_t c = 0; c < g.c; ++c, in += g.in_plane, weight += (k - rows) * k * M) {
      const float* row = in;
      for (int64_t kh = 0; kh < rows; ++kh, row += g.in_row)
#pragma GCC unroll 8
        for (int64_t kw = 0; kw < k; ++kw, weight += M) {
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
auto conv_tile_kernel(const Correlation& g, int64_t channels, int64_t pixels) {
  constexpr int M = ConvTile<Arch>::channels, P = ConvTile<Arch>::pixels;
  static constexpr auto any = instances<ConvTileKernel<Arch, 0>, M, P>(),
                        k1 = instances<ConvTileKernel<Arch, 1>, M, P>(),
                        k3 = instances<ConvTileKernel<Arch, 3>, M, P>(),
                        k5 = instances<ConvTileKernel<Arch, 5>, M, P>();
  const auto& table = g.stride > 1 ? any : g.k == 1 ? k1 : g.k == 3 ? k3 : g.k == 5 ? k5 : any;
  return table[(channels - 1) * P + pixels - 1];
}

/// Output channels [begin, end) of one group of images; `begin` and `end` are borders of EvenSplit(o,
/// ConvTile::channels).
template <class Arch>
void correlate(Correlation g, int64_t block_begin, int64_t block_end, const float* in, const float* weight,
               const float* bias, Images<float> out) {
  constexpr int64_t L = lanes<Arch>;
  const int64_t pixels = g.out_h * g.out_w;
  if (g.k == 1 && g.stride == 1 && g.in_row == g.out_w * L) {  // no neighbours: the image is one long row
    g.out_w = pixels;
    g.out_h = g.rows_end = 1;
    g.rows_begin = 0;
  }
  const EvenSplit<Arch> channels(g.o, ConvTile<Arch>::channels), columns(g.out_w, ConvTile<Arch>::pixels);
  float* tile = scratch(Scratch::tile, ConvTile<Arch>::channels * pixels * L);
  for (int64_t block = block_begin; block < block_end; ++block) {
    const int64_t o = channels.begin(block), count = channels.size(block);
    for (int64_t i = 0; i < g.out_h; ++i) {
      const int64_t top = std::max<int64_t>(i * g.stride, g.rows_begin);
      const int64_t rows = std::max<int64_t>(std::min(i * g.stride + g.k, g.rows_end) - top, 0);
      const float* first_weight = weight + g.weights_of(o) + (top - i * g.stride) * g.k * count;
      for (int64_t part = 0; part < columns.parts; ++part) {
        const int64_t j = columns.begin(part);
        conv_tile_kernel<Arch>(g, count, columns.size(part))(g, rows, in + top * g.in_row + j * g.stride * L,
                                                             first_weight, bias ? bias + o : nullptr,
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
  float* next = to;
  const EvenSplit<Arch> channels(o, ConvTile<Arch>::channels);
  for (int64_t block = 0; block < channels.parts; ++block)
    for (int64_t channel = 0; channel < c; ++channel)
      for (int64_t kh = 0; kh < k; ++kh)
        for (int64_t kw = 0; kw < k; ++kw)
          for (int64_t m = channels.begin(block); m < channels.begin(block + 1); ++m) *next++ = at(m, channel, kh, kw);
  return to;
}

template <class Arch>
void conv2d(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y) {
  constexpr int64_t L = lanes<Arch>;
  const float *x_data = x.data(), *weight_data = weight.data(), *bias_data = bias.empty() ? nullptr : bias.data();
  float* y_data = y.data();
  if (5 * g.n < 2 * L) return conv2d_few<Arch>(g, x_data, weight_data, bias_data, y_data);

  const Packed<Arch> shape{g.c, g.h + 2 * g.padding, g.w + 2 * g.padding};
  const Correlation correlation{g.c,       g.o,           g.k,         g.stride,  g.out_h(),
                                g.out_w(), shape.plane(), shape.row(), g.padding, g.padding + g.h};
  const float* weights = pack_weights<Arch>(g.o, g.c, g.k, [&](int64_t o, int64_t c, int64_t kh, int64_t kw) {
    return weight_data[((o * g.c + c) * g.k + kh) * g.k + kw];
  });

  const int64_t groups = (g.n + L - 1) / L, blocks = EvenSplit<Arch>(g.o, ConvTile<Arch>::channels).parts;
  const int64_t parts = parts_per_group(groups, blocks);
  parallel_for(groups * parts, [&](int64_t task) {
    const int64_t first = task / parts * L, part = task % parts, count = std::min(L, g.n - first);
    const int64_t x_stride = g.c * g.h * g.w, y_stride = g.o * g.out_h() * g.out_w();
    float* packed = scratch(Scratch::x, shape.size());
    pack<Arch>({x_data + first * x_stride, x_stride, count}, g.h, g.w, shape, g.padding, 1, packed);
    correlate<Arch>(correlation, blocks * part / parts, blocks * (part + 1) / parts, packed, weights, bias_data,
                    {y_data + first * y_stride, y_stride, count});
  });
}

}  // namespace cnnlab::simd
