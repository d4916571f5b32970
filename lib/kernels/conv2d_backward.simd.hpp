#pragma once
#include "lib/kernels/conv2d.simd.hpp"
#include "lib/kernels/winograd_backward.simd.hpp"

// N batch, C channels, H and W height and width, O output channels, K kernel size, L lanes.
namespace cnnlab::simd {

/// Images whose contributions to dw are added up in one go. Blocks are added in their order afterwards, so the result
/// depends on this number and not on the threads.
inline constexpr int64_t images_per_block = 16;

/// dw[o][r][e] = Σ_{i,j} dy[o][i][j] · x[(r, e) at i, j], where (r, e) counts places in the input that one output looks
/// at. All members but `out_w` are distances in numbers; those of dy follow from it.
struct WeightSums {
  int64_t out_w, x_step, x_step_down;  // from one output to the next, and to the one below
  int64_t x_row, x_next;               // from one place r, and one place e, to the next
  int64_t dy_plane;
};

/// How many sums are held in registers: output channels × R rows × places of a row.
template <class Arch>
struct WeightTile {
  static constexpr int places = has_32_registers<Arch> ? 5 : 3;
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
    for (int64_t i = 0; i < out_rows; ++i, x += g.x_step_down) {
      const float* at = x;
      for (int64_t j = 0; j < g.out_w; ++j, at += g.x_step, dy += L) {
        V factor[R * E];
#pragma GCC unroll 16
        for (int e = 0; e < R * E; ++e) factor[e] = V::load_aligned(at + e / E * g.x_row + e % E * g.x_next);
#pragma GCC unroll 16
        for (int m = 0; m < M; ++m) {
          const V d = V::load_aligned(dy + m * g.dy_plane);
#pragma GCC unroll 16
          for (int e = 0; e < R * E; ++e) sum[m][e] = xsimd::fma(d, factor[e], sum[m][e]);
        }
      }
    }
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 16
      for (int e = 0; e < R * E; ++e) sum[m][e].store_aligned(sums + (m * sums_plane + e / E * sums_row + e % E) * L);
  }
};

struct OutputRows {
  int64_t begin, end;
};

/// The rows of outputs whose kernel row kh does not lie in the padding, where it adds nothing.
template <class Arch>
OutputRows outputs_inside(const Conv2dGeometry& g, int64_t kh) {
  const int64_t begin = std::max<int64_t>(0, (g.padding - kh + g.stride - 1) / g.stride);
  const int64_t below = g.padding + g.h - kh;  // rows of x, from that of the first output down
  return {begin, std::max(begin, std::min(g.out_h(), (below + g.stride - 1) / g.stride))};
}

/// The gradient of a convolution's weights, for output channels [o_begin, o_end) and one group of images.
template <class Arch>
void add_weight_gradient(const Conv2dGeometry& g, const Packed<Arch>& x_shape, const float* x, const float* dy,
                         int64_t o_begin, int64_t o_end, float* dw) {
  using Tile = WeightTile<Arch>;
  constexpr int64_t L = lanes<Arch>;
  static constexpr auto row_kernels = instances<WeightTileKernel<Arch, 1>, Tile::channels, Tile::places>();
  static constexpr auto square_kernels = instances<WeightTileKernel<Arch, 3>, 2, Tile::places>();
  // 3×3 in one go, where the registers allow it: then few planes of dy are in use at a time and stay in the L1 cache.
  const bool square = has_32_registers<Arch> && g.k == 3;
  const auto* kernels = square ? square_kernels.data() : row_kernels.data();
  // A 1×1 kernel looks at one place a channel: its channels are taken together as other kernels' columns are.
  const bool flat = g.k == 1;
  const int64_t rows = flat ? 1 : g.k, row = flat ? g.c : g.k, planes = flat ? 1 : g.c;
  const WeightSums sums{.out_w = g.out_w(),
                        .x_step = g.stride * L,
                        .x_step_down = g.stride * x_shape.row(),
                        .x_row = x_shape.row(),
                        .x_next = flat ? x_shape.plane() : L,
                        .dy_plane = g.out_h() * g.out_w() * L};
  const EvenSplit<Arch> places(row, Tile::places);
  const int64_t most = square ? 2 : std::min<int64_t>(Tile::sums / places.size(0), Tile::channels);
  const EvenSplit<Arch> channels(o_end - o_begin, most);
  float* tile = scratch(Scratch::tile, Tile::channels * rows * row * L);
  for (int64_t block = 0; block < channels.parts; ++block) {
    const int64_t o = o_begin + channels.begin(block), count = channels.size(block);
    for (int64_t c = 0; c < planes; ++c) {
      for (int64_t kh = 0; kh < rows; kh += square ? 3 : 1) {
        const auto [first, last] = square ? OutputRows{0, g.out_h()} : outputs_inside<Arch>(g, kh);
        for (int64_t part = 0; part < places.parts; ++part) {
          const int64_t e = places.begin(part);
          kernels[(count - 1) * Tile::places + places.size(part) - 1](
              sums, last - first, x + c * x_shape.plane() + (first * g.stride + kh) * x_shape.row() + e * sums.x_next,
              dy + o * sums.dy_plane + first * g.out_w() * L, tile + (kh * row + e) * L, rows * row, row);
        }
      }
      for (int64_t m = 0; m < count; ++m)
        add_lanes<Arch>(tile + m * rows * row * L, rows * row, dw + ((o + m) * planes + c) * rows * row);
    }
  }
}

/// db[o] += Σ of a plane of dy.
template <class Arch>
void add_bias_gradient(const Packed<Arch>& shape, const float* dy, int64_t o_begin, int64_t o_end, float* db) {
  using V = xsimd::batch<float, Arch>;
  for (int64_t o = o_begin; o < o_end; ++o) {
    V sum(0.0f);
    for (int64_t i = 0; i < shape.plane(); i += lanes<Arch>) sum += V::load_aligned(dy + o * shape.plane() + i);
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
struct InputGradient {
  Conv2dGeometry g;
  int64_t margin = std::max<int64_t>(g.k - 1 - g.padding, 0);  // around packed dy
  int64_t corner = g.padding + margin - (g.k - 1);             // where the window of the first pixel of dx begins
  Packed<Arch> shape{g.o, size(g.out_h(), g.h), size(g.out_w(), g.w)};
  Correlation correlation{.c = g.o,
                          .o = g.c,
                          .k = g.k,
                          .stride = 1,
                          .out_h = g.h,
                          .out_w = g.w,
                          .in_plane = shape.plane(),
                          .in_row = shape.row(),
                          .rows = {margin - corner, margin - corner + (g.out_h() - 1) * g.stride + 1},
                          .columns = {margin - corner, margin - corner + (g.out_w() - 1) * g.stride + 1}};
  int64_t blocks = EvenSplit<Arch>(g.c, ConvTile<Arch>::channels).parts;

  int64_t size(int64_t out, int64_t in) const { return std::max((out - 1) * g.stride + 1, in + g.padding) + margin; }

  TilePlan<Arch> plan{g.k, g.k - 1 - g.padding, g.out_h(), g.out_w()};
  bool tiled = plan.pays(g.o, g.c, g.stride);
  WinogradOf<Arch> winograd_of{g.k};

  const float* pack_turned(const float* weight) const {
    const auto at = [&](int64_t c, int64_t o, int64_t kh, int64_t kw) {
      return weight[((o * g.c + c) * g.k + g.k - 1 - kh) * g.k + g.k - 1 - kw];
    };
    return tiled ? winograd_of.weights(g.c, g.o, at) : pack_weights<Arch>(g.c, g.o, g.k, at);
  }

  void run(const Planes& dy, int64_t first, const float* turned, int64_t part, int64_t parts, Images<float> dx) const {
    const int64_t begin = blocks * part / parts, end = blocks * (part + 1) / parts;
    if (tiled) return winograd_of.run(g.o, g.c, plan, begin, end, dy, first, turned, nullptr, dx);
    float* packed = scratch(Scratch::dy, shape.size());
    pack<Arch>(dy, first, dx.count, g.out_h(), g.out_w(), shape, margin, g.stride, packed);
    correlate<Arch>(correlation, begin, end, packed + corner * (shape.row() + lanes<Arch>), turned, nullptr, dx);
  }
};

/// Adds what one group of images contributes to dw and db, for output channels [o_begin, o_end); either may be null.
template <class Arch>
void add_parameter_gradients(const Conv2dGeometry& g, const Planes& x, const Planes& dy, int64_t first, int64_t count,
                             int64_t o_begin, int64_t o_end, float* dw, float* db) {
  const TilePlan<Arch> plan(g.k, g.padding, g.h, g.w);
  // Of 5×5, the sums at 49 places are too many to gain anything.
  const bool tiled = g.k == 3 && plan.pays(g.c, g.o, g.stride);
  const Packed<Arch> dy_shape = tiled ? plan.whole(g.o) : Packed<Arch>{g.o, g.out_h(), g.out_w()};
  float* packed_dy = scratch(Scratch::dy, dy_shape.size());
  pack<Arch>(dy, first, count, g.out_h(), g.out_w(), dy_shape, 0, 1, packed_dy);
  if (db) add_bias_gradient<Arch>(dy_shape, packed_dy, o_begin, o_end, db);
  if (!dw) return;
  if (tiled) return add_winograd_gradient<Arch, 3>(g.c, plan, x, first, count, packed_dy, o_begin, o_end, dw);
  const Packed<Arch> x_shape{g.c, g.h + 2 * g.padding, g.w + 2 * g.padding};
  float* packed_x = scratch(Scratch::x, x_shape.size());
  pack<Arch>(x, first, count, g.h, g.w, x_shape, g.padding, 1, packed_x);
  add_weight_gradient<Arch>(g, x_shape, packed_x, packed_dy, o_begin, o_end, dw);
}

template <class Arch>
void conv2d_backward_of_planes(const Conv2dGeometry& g, const Planes& x, std::span<const float> weight,
                               std::span<const float> dy, std::span<float> dx, std::span<float> dw,
                               std::span<float> db) {
  constexpr int64_t L = lanes<Arch>;
  const bool want_dx = !dx.empty(), want_dw = !dw.empty(), want_db = !db.empty();
  const Planes dy_planes{dy.data(), g.o * g.out_h() * g.out_w(), g.out_h() * g.out_w()};
  float* dx_data = dx.data();
  const InputGradient<Arch> input{g};
  const float* turned = want_dx ? input.pack_turned(weight.data()) : nullptr;

  const int64_t blocks = (g.n + images_per_block - 1) / images_per_block;
  const int64_t parts = parts_per_group(blocks, std::min(input.blocks, g.o));
  const int64_t of_one = g.c * g.k * g.k, numbers = g.o * of_one, of_block = numbers + g.o;
  float* partial = scratch(Scratch::partial_sums, blocks * of_block);

  const auto groups_of_block = [&](int64_t block, const auto& each) {
    for (int64_t first = block * images_per_block; first < std::min(g.n, (block + 1) * images_per_block); first += L)
      each(first, std::min(L, g.n - first));
  };
  const auto parameters = [&](int64_t block, int64_t part) {
    const int64_t o_begin = g.o * part / parts, o_end = g.o * (part + 1) / parts;
    float *dw_block = partial + block * of_block, *db_block = dw_block + numbers;
    for (int64_t i = o_begin * of_one; i < o_end * of_one; ++i) dw_block[i] = 0.0f;
    for (int64_t o = o_begin; o < o_end; ++o) db_block[o] = 0.0f;
    groups_of_block(block, [&](int64_t first, int64_t count) {
      add_parameter_gradients<Arch>(g, x, dy_planes, first, count, o_begin, o_end, want_dw ? dw_block : nullptr,
                                    want_db ? db_block : nullptr);
    });
  };
  const auto of_input = [&](int64_t block, int64_t part) {
    const int64_t image = g.c * g.h * g.w;
    groups_of_block(block, [&](int64_t first, int64_t count) {
      input.run(dy_planes, first, turned, part, parts, {dx_data + first * image, image, count});
    });
  };
  // Apart, so that no thread has much left to do when another has done all. (Both pack dy, each in a form of its own.)
  const bool want_parameters = want_dw || want_db;
  const int64_t kinds = (want_parameters ? 1 : 0) + (want_dx ? 1 : 0);
  parallel_for(blocks * parts * kinds, [&](int64_t task) {
    const int64_t block = task / kinds / parts, part = task / kinds % parts;
    if (want_parameters && task % kinds == 0) return parameters(block, part);
    of_input(block, part);
  });
  if (want_dw) sum_blocks<Arch>(partial, blocks, of_block, numbers, dw.data());
  if (want_db) sum_blocks<Arch>(partial + numbers, blocks, of_block, g.o, db.data());
}

template <class Arch>
void conv2d_backward(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db) {
  conv2d_backward_of_planes<Arch>(g, {x.data(), g.c * g.h * g.w, g.h * g.w}, weight, dy, dx, dw, db);
}

template <class Arch>
void conv2d_channels_backward(const Conv2dGeometry& g, Channels<float> x, std::span<const float> weight,
                              std::span<const float> dy, std::span<float> dx, std::span<float> dw,
                              std::span<float> db) {
  conv2d_backward_of_planes<Arch>(g, {nullptr, 0, 0, x}, weight, dy, dx, dw, db);
}

}  // namespace cnnlab::simd
