#pragma once
#include "lib/kernels/winograd.simd.hpp"

// The gradient of a convolution's weights by the same transforms, in reverse: forward is, at each place of a
// tile, out = Σ weight·in, so the transformed weight's gradient is Σ over tiles and images of (the gradient of out)·in;
// and the gradient of what a linear transform was given is its transpose, applied to the gradient of what it made.
// C channels, O output channels, L lanes.
namespace cnnlab::simd {

/// The gradients of a row of tiles' outputs, of which each has 2×2 → at all places.
template <class Arch, int K>
void spread_output_row(const float* dy, int64_t dy_row, int64_t tiles, float* to, int64_t place) {
  using V = xsimd::batch<float, Arch>;
  using F = Filtering<K>;
  constexpr int64_t L = lanes<Arch>;
  for (int64_t t = 0; t < tiles; ++t, dy += 2 * L, to += L) {
    V columns[2][F::places];
    for (int j = 0; j < 2; ++j) {
      const V two[2] = {V::load_aligned(dy + j * L), V::load_aligned(dy + dy_row + j * L)};
      F::outputs_backward(two, columns[j]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < F::places; ++i) {
      const V two[2] = {columns[0][i], columns[1][i]};
      V row[F::places];
      F::outputs_backward(two, row);
#pragma GCC unroll 8
      for (int j = 0; j < F::places; ++j) row[j].store_aligned(to + (F::places * i + j) * place);
    }
  }
}

/// How many sums are held in registers: output channels × input channels.
template <class Arch>
struct GradientTile {
  static constexpr int outputs = has_32_registers<Arch> ? 6 : 3;
  static constexpr int inputs = has_32_registers<Arch> ? 4 : 3;
};

/// M output channels × P input channels × L images: sums[m][p] += Σ over tiles of dy[m][t] · x[p][t].
template <class Arch>
struct GradientKernel {
  template <int M, int P>
  static void run(int64_t tiles, const float* dy, int64_t dy_plane, const float* x, int64_t x_plane, float* sums,
                  int64_t row) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[M][P];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p] = V::load_aligned(sums + m * row + p * L);
    for (int64_t t = 0; t < tiles; ++t, dy += L, x += L) {
      V factor[P];
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) factor[p] = V::load_aligned(x + p * x_plane);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m) {
        const V d = V::load_aligned(dy + m * dy_plane);
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) sum[m][p] = xsimd::fma(d, factor[p], sum[m][p]);
      }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p].store_aligned(sums + m * row + p * L);
  }
};

/// One piece's share: sums[place][output channel][input channel][lane] += …
template <class Arch, int K>
void add_products(const PlacesOf<Arch, K>& x, const float* x_tiles, const PlacesOf<Arch, K>& dy, const float* dy_tiles,
                  float* sums) {
  using Tile = GradientTile<Arch>;
  constexpr int64_t L = lanes<Arch>;
  static constexpr auto kernels = instances<GradientKernel<Arch>, Tile::outputs, Tile::inputs>();
  const EvenSplit<Arch> outputs(dy.planes, Tile::outputs), inputs(x.planes, Tile::inputs);
  for (int64_t p = 0; p < tile_places<K>; ++p)
    for (int64_t i = 0; i < outputs.parts; ++i)
      for (int64_t j = 0; j < inputs.parts; ++j) {
        const int64_t o = outputs.begin(i), c = inputs.begin(j);
        kernels[(outputs.size(i) - 1) * Tile::inputs + inputs.size(j) - 1](
            x.tiles, dy_tiles + p * dy.place() + o * dy.plane(), dy.plane(), x_tiles + p * x.place() + c * x.plane(),
            x.plane(), sums + ((p * dy.planes + o) * x.planes + c) * L, x.planes * L);
      }
}

/// sums[place][lane] of one pair of channels, from place to place `place` numbers → added to its dw[K][K].
template <class Arch, int K>
void add_weight_sums(const float* sums, int64_t place, float* dw) {
  using V = xsimd::batch<float, Arch>;
  using F = Filtering<K>;
  constexpr int64_t L = lanes<Arch>;
  V rows[K][F::places];
  for (int j = 0; j < F::places; ++j) {
    V column[F::places], made[K];
    for (int i = 0; i < F::places; ++i) column[i] = V::load_aligned(sums + (F::places * i + j) * place);
    F::weights_backward(column, made);
    for (int i = 0; i < K; ++i) rows[i][j] = made[i];
  }
  alignas(64) float of_lanes[K * K * L];
  for (int i = 0; i < K; ++i) {
    V made[K];
    F::weights_backward(rows[i], made);
    for (int j = 0; j < K; ++j) made[j].store_aligned(of_lanes + (K * i + j) * L);
  }
  add_lanes<Arch>(of_lanes, K * K, dw);
}

/// Adds one group's gradient of the weights, for output channels [o_begin, o_end). `dy` is packed as `plan.whole`.
template <class Arch, int K>
void add_winograd_gradient(int64_t c, const TilePlan<Arch>& plan, const Planes& x, int64_t first_image, int64_t images,
                           const float* dy, int64_t o_begin, int64_t o_end, float* dw) {
  constexpr int64_t L = lanes<Arch>;
  // So many input channels at once that their sums stay in the cache while the pieces pass by.
  const int64_t outputs = o_end - o_begin, most_sums = int64_t{1} << 13;
  const EvenSplit<Arch> chunks(c, std::max<int64_t>(16, most_sums / (tile_places<K> * outputs)));
  const Packed<Arch> dy_shape = plan.whole(0);
  const PlacesOf<Arch, K> most_x{chunks.size(0), plan.most_tiles()}, most_dy{outputs, plan.most_tiles()};
  float* x_tiles = scratch(Scratch::x_tiles, most_x.size());
  float* dy_tiles = scratch(Scratch::dy_tiles, most_dy.size());
  float* sums = scratch(Scratch::products, tile_places<K> * outputs * chunks.size(0) * L);
  for (int64_t chunk = 0; chunk < chunks.parts; ++chunk) {
    const int64_t first = chunks.begin(chunk), inputs = chunks.size(chunk);
    InputRows<Arch, K> rows(plan, x, first_image, images, first, inputs);
    std::fill_n(sums, tile_places<K> * outputs * inputs * L, 0.0f);
    for (int64_t i = 0; i < plan.pieces(); ++i) {
      const auto piece = plan.piece(i);
      const PlacesOf<Arch, K> x_places{inputs, piece.tiles()}, dy_places{outputs, piece.tiles()};
      if (piece.column == 0) rows.move_to(piece.row, piece.rows);
      rows.transform(piece, 0, inputs, x_tiles);
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t row = 0; row < piece.rows; ++row)
          spread_output_row<Arch, K>(
              dy + (o_begin + o) * dy_shape.plane() + 2 * (piece.row + row) * dy_shape.row() + 2 * piece.column * L,
              dy_shape.row(), piece.columns, dy_tiles + (o * piece.tiles() + row * piece.columns) * L,
              dy_places.place());
      add_products<Arch, K>(x_places, x_tiles, dy_places, dy_tiles, sums);
    }
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t channel = 0; channel < inputs; ++channel)
        add_weight_sums<Arch, K>(sums + (o * inputs + channel) * L, outputs * inputs * L,
                                 dw + ((o_begin + o) * c + first + channel) * K * K);
  }
}

}  // namespace cnnlab::simd
