#pragma once
#include "lib/kernels/conv2d.simd.hpp"

// N batch, C channels, H and W height and width, O output channels, K kernel size, L lanes.
namespace cnnlab::simd {

/// Images whose contributions to dw are added up in one go. Blocks are added in their order afterwards, so the result
/// depends on this number and not on the threads.
inline constexpr int64_t images_per_block = 16;

/// dw[o][r][e] = Σ_{i,j} dy[o][i][j] · x[(r, e) at i, j], where (r, e) counts places in the input that one output looks
/// at. All members but `out_w` are distances in numbers.
struct WeightSums {
  int64_t out_w, step;          // from one output to the next, in both images
  int64_t x_step_down, dy_row;  // from one row of outputs to the next
  int64_t x_row, x_next;        // from one place r, and one place e, to the next
  int64_t dy_plane;
};

/// How many sums are held in registers: output channels × R rows × places of a row.
template <class Arch>
struct WeightTile {
  static constexpr int places = 5;
  static constexpr int channels = has_32_registers<Arch> ? 6 : 4;
  static constexpr int sums = has_32_registers<Arch> ? 25 : lanes<Arch> == 8 ? 12 : 10;
};

/// M output channels × R·E places × L images in M·R·E registers, while all outputs of the images pass by.
/// sums[((m · sums_plane) + r · sums_row + e) · L + lane].
template <class Arch, int R>
struct WeightTileKernel {
  template <int M, int E>
  static void run(const WeightSums& g, int64_t out_rows, const float* x, const float* dy, float* sums,
                  int64_t sums_plane, int64_t sums_row) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[M][R * E];
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 16
      for (int e = 0; e < R * E; ++e) sum[m][e] = V(0.0f);
    for (int64_t i = 0; i < out_rows; ++i, x += g.x_step_down, dy += g.dy_row)
      for (int64_t j = 0; j < g.out_w * g.step; j += g.step) {
        V factor[R * E];
#pragma GCC unroll 16
        for (int e = 0; e < R * E; ++e) factor[e] = V::load_aligned(x + j + e / E * g.x_row + e % E * g.x_next);
#pragma GCC unroll 16
        for (int m = 0; m < M; ++m) {
          const V d = V::load_aligned(dy + j + m * g.dy_plane);
#pragma GCC unroll 16
          for (int e = 0; e < R * E; ++e) sum[m][e] = xsimd::fma(d, factor[e], sum[m][e]);
        }
      }
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 16
      for (int e = 0; e < R * E; ++e) sum[m][e].store_aligned(sums + (m * sums_plane + e / E * sums_row + e % E) * L);
  }
};

/// Sums over the lanes of `count` vectors, added to `to`.
template <class Arch>
void add_lanes(const float* from, int64_t count, float* to) {
  using Quad = typename Square<Arch>::Quad;
  for (int64_t first = 0; first < count; first += 4) {
    Quad rows[4];
    for (int64_t i = 0; i < 4; ++i) {
      rows[i] = Quad(0.0f);
      if (first + i < count)
        for (int64_t lane = 0; lane < lanes<Arch>; lane += 4)
          rows[i] += Quad::load_aligned(from + (first + i) * lanes<Arch> + lane);
    }
    alignas(16) float sums[4];
    xsimd::haddp(rows).store_aligned(sums);
    for (int64_t i = 0; i < 4 && first + i < count; ++i) to[first + i] += sums[i];
  }
}

/// The gradient of a convolution's weights, for output channels [o_begin, o_end) and one group of images.
template <class Arch>
void add_weight_gradient(const Conv2dGeometry& g, const Packed<Arch>& x_shape, const float* x,
                         const Packed<Arch>& dy_shape, const float* dy, int64_t o_begin, int64_t o_end, float* dw) {
  using Tile = WeightTile<Arch>;
  constexpr int64_t L = lanes<Arch>;
  static constexpr auto row_kernels = instances<WeightTileKernel<Arch, 1>, Tile::channels, Tile::places>();
  static constexpr auto square_kernels = instances<WeightTileKernel<Arch, 3>, 2, Tile::places>();
  // A 1×1 kernel looks at one place a channel: its channels are taken together as other kernels' columns are.
  const bool flat = g.k == 1;
  const int64_t rows = flat ? 1 : g.k, row = flat ? g.c : g.k, planes = flat ? 1 : g.c;
  // 3×3 in one go, where the registers allow it: then few planes of dy are in use at a time and stay in the L1 cache.
  const int64_t rows_at_once = has_32_registers<Arch> && g.k == 3 ? 3 : 1;
  const auto& kernels = rows_at_once == 3 ? square_kernels.data() : row_kernels.data();
  const WeightSums sums{g.out_w(),
                        g.stride * L,
                        g.stride * x_shape.row(),
                        g.stride * dy_shape.row(),
                        x_shape.row(),
                        flat ? x_shape.plane() : L,
                        dy_shape.plane()};
  const EvenSplit<Arch> places(row, Tile::places);
  const int64_t most_channels = rows_at_once == 3 ? 2 : std::min<int64_t>(Tile::sums / places.size(0), Tile::channels);
  const EvenSplit<Arch> channels(o_end - o_begin, most_channels);
  float* tile = scratch(Scratch::tile, Tile::channels * rows * row * L);
  for (int64_t block = 0; block < channels.parts; ++block) {
    const int64_t o = o_begin + channels.begin(block), count = channels.size(block);
    for (int64_t c = 0; c < planes; ++c) {
      for (int64_t kh = 0; kh < rows; kh += rows_at_once) {
        // Outputs whose row kh lies in the padding add nothing.
        const int64_t first = rows_at_once == 3 ? 0 : std::max<int64_t>(0, (g.padding - kh + g.stride - 1) / g.stride);
        const int64_t last =
            rows_at_once == 3 ? g.out_h() - 1 : std::min(g.out_h() - 1, (g.padding + g.h - 1 - kh) / g.stride);
        for (int64_t part = 0; part < places.parts; ++part) {
          const int64_t e = places.begin(part);
          kernels[(count - 1) * Tile::places + places.size(part) - 1](
              sums, last - first + 1,
              x + c * x_shape.plane() + (first * g.stride + kh) * x_shape.row() + e * sums.x_next,
              dy + o * sums.dy_plane + first * sums.dy_row, tile + (kh * row + e) * L, rows * row, row);
        }
      }
      for (int64_t m = 0; m < count; ++m)
        add_lanes<Arch>(tile + m * rows * row * L, rows * row, dw + ((o + m) * planes + c) * rows * row);
    }
  }
}

/// db[o] += Σ of a plane of dy.
template <class Arch>
void add_bias_gradient(const Conv2dGeometry& g, const Packed<Arch>& shape, const float* dy, int64_t o_begin,
                       int64_t o_end, float* db) {
  using V = xsimd::batch<float, Arch>;
  const int64_t step = g.stride * lanes<Arch>;
  for (int64_t o = o_begin; o < o_end; ++o) {
    V sum(0.0f);
    for (int64_t i = 0; i < g.out_h(); ++i) {
      const float* row = dy + o * shape.plane() + i * g.stride * shape.row();
      for (int64_t j = 0; j < g.out_w(); ++j) sum += V::load_aligned(row + j * step);
    }
    db[o] += xsimd::hadd(sum);
  }
}

/// to[i] = Σ_b partial[b · stride + i], in the order of the blocks.
template <class Arch>
void sum_blocks(const float* partial, int64_t blocks, int64_t stride, int64_t count, float* to) {
  constexpr int64_t chunk = 4096;
  parallel_for((count + chunk - 1) / chunk, [&](int64_t task) {
    for (int64_t i = task * chunk; i < std::min(count, (task + 1) * chunk); ++i) {
      float sum = partial[i];
      for (int64_t b = 1; b < blocks; ++b) sum += partial[b * stride + i];
      to[i] = sum;
    }
  });
}

/// dx is a convolution too: x[c][h][w] met weight[o][c][kh][kw] in the output (h + padding − kh, w + padding − kw), so
///   dx[c][h][w] = Σ_{o,kh,kw} dy[o][h + padding − kh][w + padding − kw] · weight[o][c][kh][kw],
/// a correlation of padded dy with the kernels turned by 180° and their channel axes exchanged. With a stride, outputs
/// stand `stride` apart on the input's grid: dy is packed with as many zeros between them.
template <class Arch>
void conv2d_backward(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db) {
  constexpr int64_t L = lanes<Arch>;
  const int64_t reach = g.k - 1, margin = dx.empty() ? 0 : std::max<int64_t>(reach - g.padding, 0);
  const int64_t corner = g.padding + margin - reach;  // where, in packed dy, the window of the first pixel of dx begins
  const auto dy_rows = [&](int64_t out, int64_t in) {
    return std::max((out - 1) * g.stride + 1, dx.empty() ? 0 : in + g.padding) + margin;
  };
  const Packed<Arch> x_shape{g.c, g.h + 2 * g.padding, g.w + 2 * g.padding};
  const Packed<Arch> dy_shape{g.o, dy_rows(g.out_h(), g.h), dy_rows(g.out_w(), g.w)};
  const Correlation to_dx{g.o,
                          g.c,
                          g.k,
                          1,
                          g.h,
                          g.w,
                          dy_shape.plane(),
                          dy_shape.row(),
                          margin - corner,
                          margin - corner + (g.out_h() - 1) * g.stride + 1};

  const float *x_data = x.data(), *dy_data = dy.data(), *weight_data = weight.data(), *turned = nullptr;
  float* dx_data = dx.data();
  if (!dx.empty())
    turned = pack_weights<Arch>(g.c, g.o, g.k, [&](int64_t c, int64_t o, int64_t kh, int64_t kw) {
      return weight_data[((o * g.c + c) * g.k + reach - kh) * g.k + reach - kw];
    });

  const int64_t blocks = (g.n + images_per_block - 1) / images_per_block, numbers = g.o * g.c * g.k * g.k;
  const int64_t tiles = EvenSplit<Arch>(g.c, ConvTile<Arch>::channels).parts;
  const int64_t parts = parts_per_group(blocks, std::min(tiles, g.o));
  const bool want_dw = !dw.empty(), want_db = !db.empty(), want_dx = !dx.empty();
  float* partial = scratch(Scratch::partial_sums, blocks * (numbers + g.o));

  parallel_for(blocks * parts, [&](int64_t task) {
    const int64_t block = task / parts, part = task % parts;
    const int64_t o_begin = g.o * part / parts, o_end = g.o * (part + 1) / parts, of_one = g.c * g.k * g.k;
    float* dw_block = partial + block * (numbers + g.o);
    float* db_block = dw_block + numbers;
    for (int64_t i = o_begin * of_one; i < o_end * of_one; ++i) dw_block[i] = 0.0f;
    for (int64_t o = o_begin; o < o_end; ++o) db_block[o] = 0.0f;
    for (int64_t first = block * images_per_block; first < std::min(g.n, (block + 1) * images_per_block); first += L) {
      const int64_t count = std::min(L, g.n - first), x_stride = g.c * g.h * g.w,
                    dy_stride = g.o * g.out_h() * g.out_w();
      float* packed_dy = scratch(Scratch::dy, dy_shape.size());
      const float* dy_pixels = packed_dy + margin * (dy_shape.row() + L);
      pack<Arch>({dy_data + first * dy_stride, dy_stride, count}, g.out_h(), g.out_w(), dy_shape, margin, g.stride,
                 packed_dy);
      if (want_dx) {
        correlate<Arch>(to_dx, tiles * part / parts, tiles * (part + 1) / parts,
                        packed_dy + corner * (dy_shape.row() + L), turned, nullptr,
                        {dx_data + first * x_stride, x_stride, count});
      }
      if (want_db) add_bias_gradient<Arch>(g, dy_shape, dy_pixels, o_begin, o_end, db_block);
      if (want_dw) {
        float* packed_x = scratch(Scratch::x, x_shape.size());
        pack<Arch>({x_data + first * x_stride, x_stride, count}, g.h, g.w, x_shape, g.padding, 1, packed_x);
        add_weight_gradient<Arch>(g, x_shape, packed_x, dy_shape, dy_pixels, o_begin, o_end, dw_block);
      }
    }
  });
  if (want_dw) sum_blocks<Arch>(partial, blocks, numbers + g.o, numbers, dw.data());
  if (want_db) sum_blocks<Arch>(partial + numbers, blocks, numbers + g.o, g.o, db.data());
}

}  // namespace cnnlab::simd
