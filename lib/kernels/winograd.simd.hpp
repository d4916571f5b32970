#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"

// 3×3 convolutions with stride 1 and padding 1 by Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for
// convolutional neural networks", CVPR 2016): 16 multiplications for a tile of 2×2 outputs instead of 36. In one
// dimension, two outputs of three weights g on four inputs d:
//   y0 = m0 + m1 + m2      m0 = (d0 − d2)·g0      m1 = (d1 + d2)·(g0 + g1 + g2)/2
//   y1 = m1 − m2 + m3      m3 = (d3 − d1)·g2      m2 = (d2 − d1)·(g0 − g1 + g2)/2
// In two dimensions the same is done to the columns, then to the rows: 4 × 4 places. At each place the transformed
// weights and inputs of all channels make a matrix product: Σ_c over channels of [output channel] × [tile].
//
// N batch, C channels, H and W height and width, O output channels, L lanes, which are images (lanes.simd.hpp).
namespace cnnlab::simd {

inline constexpr int64_t tile_places = 16;
/// Tiles whose transforms, of some 64 channels, stay in a core's own cache.
inline constexpr int64_t tiles_at_once = 16;

/// Whether it saves more multiplications than the transforms cost.
template <class Arch>
bool winograd_pays(const Conv2dGeometry& g) {
  return g.k == 3 && g.stride == 1 && g.padding == 1 && g.c >= 8 && g.o >= 8;
}

/// How a plane of h×w pixels is cut into tiles of 2×2, and these into pieces whose transforms stay in the cache.
template <class Arch>
struct TilePlan {
  int64_t h, w, down, across;
  EvenSplit<Arch> columns, rows;

  TilePlan(int64_t height, int64_t width, int64_t most)
      : h(height),
        w(width),
        down((height + 1) / 2),
        across((width + 1) / 2),
        columns(across, most),
        rows(down, columns.parts == 1 ? std::max<int64_t>(1, most / across) : 1) {}

  struct Piece {
    int64_t row, rows, column, columns;

    int64_t tiles() const { return rows * columns; }
  };
  int64_t pieces() const { return rows.parts * columns.parts; }
  Piece piece(int64_t i) const {
    const int64_t row = i / columns.parts, column = i % columns.parts;
    return {rows.begin(row), rows.size(row), columns.begin(column), columns.size(column)};
  }
  int64_t most_tiles() const { return rows.size(0) * columns.size(0); }

  /// Packed planes whose tiles are whole.
  Packed<Arch> whole(int64_t planes) const { return {planes, 2 * down, 2 * across}; }
};

/// [place][plane][tile][lane], from place to place a cache line more, so that they do not all fall on the same sets.
template <class Arch>
struct PlacesOf {
  int64_t planes, tiles;

  int64_t plane() const { return tiles * lanes<Arch>; }
  int64_t place() const { return planes * plane() + lanes<Arch>; }
  int64_t size() const { return tile_places * place(); }
};

/// Four numbers in a row, or a column, of inputs → those that are multiplied.
template <class V>
void transform_inputs(const V& d0, const V& d1, const V& d2, const V& d3, V* to) {
  to[0] = d0 - d2;
  to[1] = d1 + d2;
  to[2] = d2 - d1;
  to[3] = d3 - d1;
}

/// The tiles of one row of them: 4×4 pixels each, of which a tile shares two columns with the next.
template <class Arch>
void transform_input_row(const std::array<const float*, 4>& rows, int64_t tiles, float* to, int64_t place) {
  using V = xsimd::batch<float, Arch>;
  constexpr int64_t L = lanes<Arch>;
  V columns[4][4];
  const auto read_column = [&](int64_t j, V* column) {
    transform_inputs(V::load_aligned(rows[0] + j * L), V::load_aligned(rows[1] + j * L),
                     V::load_aligned(rows[2] + j * L), V::load_aligned(rows[3] + j * L), column);
  };
  read_column(0, columns[0]);
  read_column(1, columns[1]);
  for (int64_t t = 0; t < tiles; ++t, to += L) {
    read_column(2 * t + 2, columns[2]);
    read_column(2 * t + 3, columns[3]);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      V row[4];
      transform_inputs(columns[0][i], columns[1][i], columns[2][i], columns[3][i], row);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) row[j].store_aligned(to + (4 * i + j) * place);
      columns[0][i] = columns[2][i];
      columns[1][i] = columns[3][i];
    }
  }
}

/// The packed inputs that a row of pieces looks at, with a border of padding: few rows of many channels, which stay in
/// the cache where whole planes would not.
template <class Arch>
class InputRows {
 public:
  InputRows(const TilePlan<Arch>& plan, const Planes& from, int64_t first_image, int64_t images, int64_t first_channel,
            int64_t channels)
      : plan_(plan),
        from_(from),
        first_image_(first_image),
        images_(images),
        first_channel_(first_channel),
        shape_{channels, 2 * plan.rows.size(0) + 2, 2 * plan.across + 2},
        packed_(scratch(Scratch::x, shape_.size())) {}

  /// Goes on to the tiles of `rows` rows from `row` on, with the row of pixels above them and that below.
  void move_to(int64_t row, int64_t rows) {
    for (int64_t c = 0; c < shape_.planes; ++c) {
      const Channel<float> channel = from_.at(first_channel_ + c, first_image_);
      // The first two are the last two of those before.
      for (int64_t h = row == 0 ? -1 : 2 * row + 1; h <= 2 * (row + rows); ++h)
        pack_pixels(channel, h, packed_ + at(c, h));
    }
  }

  /// The transforms of `channels` channels from `first` on, in one piece of these rows.
  void transform(const typename TilePlan<Arch>::Piece& piece, int64_t first, int64_t channels, float* to) const {
    constexpr int64_t L = lanes<Arch>;
    const PlacesOf<Arch> made{channels, piece.tiles()};
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < piece.rows; ++i) {
        std::array<const float*, 4> rows{};
        for (int64_t k = 0; k < 4; ++k)
          rows[k] = packed_ + at(first + c, 2 * (piece.row + i) - 1 + k) + 2 * piece.column * L;
        transform_input_row<Arch>(rows, piece.columns, to + c * made.plane() + i * piece.columns * L, made.place());
      }
  }

 private:
  /// Where row h of a channel stands: in the place of one that is not needed any more.
  int64_t at(int64_t channel, int64_t h) const {
    return channel * shape_.plane() + (h + 1) % shape_.rows * shape_.row();
  }

  void pack_pixels(const Channel<float>& channel, int64_t h, float* row) const {
    constexpr int64_t L = lanes<Arch>;
    const int64_t there = h >= 0 && h < plan_.h ? plan_.w : 0;
    if (there > 0) pack_row<Arch>({channel.data + h * plan_.w, channel.stride, images_}, there, row + L, L);
    if (const int64_t next = h + 2 * plan_.rows.size(0); next < plan_.h) fetch(channel, next);
    if (there > 0 && (from_.channels.normalised || from_.channels.rectified))
      finish_reading<Arch>(channel, from_.channels.rectified, there, row + L, L);
    const xsimd::batch<float, Arch> zero(0.0f);
    zero.store_aligned(row);
    for (int64_t j = there + 1; j < shape_.columns; ++j) zero.store_aligned(row + j * L);
  }

  /// Asks for a row of pixels that is packed next time: it lies in short runs all over the memory, which the processor
  /// does not foresee.
  void fetch(const Channel<float>& channel, int64_t h) const {
    constexpr int64_t cache_line = 16;
    for (int64_t i = 0; i < images_; ++i)
      for (int64_t j = 0; j < plan_.w; j += cache_line)
        __builtin_prefetch(channel.data + i * channel.stride + h * plan_.w + j);
  }

  const TilePlan<Arch>& plan_;
  const Planes& from_;
  int64_t first_image_, images_, first_channel_;
  Packed<Arch> shape_;
  float* packed_;
};

/// M output channels × P tiles × L images: out[m][p] (+)= Σ_c weight[c][m] · in[c][p].
template <class Arch>
struct PlaceProductKernel {
  template <int M, int P>
  static void run(int64_t channels, const float* weight, const float* in, int64_t in_plane, bool add, float* out,
                  int64_t out_plane) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[M][P];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p] = add ? V::load_aligned(out + m * out_plane + p * L) : V(0.0f);
    for (int64_t c = 0; c < channels; ++c, in += in_plane, weight += M) {
      V x[P];
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) x[p] = V::load_aligned(in + p * L);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m) {
        const V w(weight[m]);
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) sum[m][p] = xsimd::fma(w, x[p], sum[m][p]);
      }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p].store_aligned(out + m * out_plane + p * L);
  }
};

/// The products of one block of output channels at all places; from place to place the weights are `weight_place`
/// apart.
template <class Arch>
void multiply_places(const PlacesOf<Arch>& in, const float* inputs, const float* weights, int64_t weight_place,
                     bool add, const PlacesOf<Arch>& out, float* sums) {
  constexpr int P = ConvTile<Arch>::pixels;
  static constexpr auto kernels = instances<PlaceProductKernel<Arch>, ConvTile<Arch>::channels, P>();
  const EvenSplit<Arch> tiles(in.tiles, P);
  for (int64_t p = 0; p < tile_places; ++p)
    for (int64_t part = 0; part < tiles.parts; ++part) {
      const int64_t first = tiles.begin(part) * lanes<Arch>;
      kernels[(out.planes - 1) * P + tiles.size(part) - 1](in.planes, weights + p * weight_place,
                                                           inputs + p * in.place() + first, in.plane(), add,
                                                           sums + p * out.place() + first, out.plane());
    }
}

/// The sums at the 16 places of one tile → its 2×2 outputs.
template <class Arch>
void transform_products(const float* from, int64_t place, const xsimd::batch<float, Arch>& bias,
                        xsimd::batch<float, Arch> (&y)[2][2]) {
  using V = xsimd::batch<float, Arch>;
  V rows[4][2];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const float* at = from + 4 * i * place;
    const V m1 = V::load_aligned(at + place), m2 = V::load_aligned(at + 2 * place);
    rows[i][0] = V::load_aligned(at) + (m1 + m2);
    rows[i][1] = V::load_aligned(at + 3 * place) + (m1 - m2);
  }
#pragma GCC unroll 2
  for (int j = 0; j < 2; ++j) {
    y[0][j] = rows[0][j] + (rows[1][j] + rows[2][j]) + bias;
    y[1][j] = rows[3][j] + (rows[1][j] - rows[2][j]) + bias;
  }
}

/// One channel's sums of a piece → its pixels [row][column][lane] → its images.
template <class Arch>
void write_outputs(const TilePlan<Arch>& plan, const typename TilePlan<Arch>::Piece& piece, const float* from,
                   int64_t place, float bias, Images<float> out) {
  using V = xsimd::batch<float, Arch>;
  constexpr int64_t L = lanes<Arch>;
  const int64_t h = 2 * piece.row, w = 2 * piece.column;
  const int64_t height = std::min(2 * piece.rows, plan.h - h), width = std::min(2 * piece.columns, plan.w - w);
  float* pixels = scratch(Scratch::tile, (2 * piece.rows + 1) * (width + 1) * L);
  for (int64_t i = 0; i < piece.rows; ++i)
    for (int64_t j = 0; j < piece.columns; ++j, from += L) {
      V y[2][2];
      transform_products<Arch>(from, place, V(bias), y);
      float* to = pixels + (2 * i * width + 2 * j) * L;
      y[0][0].store_aligned(to);
      y[1][0].store_aligned(to + width * L);
      if (2 * j + 1 < width) {
        y[0][1].store_aligned(to + L);
        y[1][1].store_aligned(to + (width + 1) * L);
      }
    }
  float* first = out.data + h * plan.w + w;
  if (width == plan.w) return unpack_row<Arch>(pixels, height * width, {first, out.stride, out.count});
  for (int64_t i = 0; i < height; ++i)
    unpack_row<Arch>(pixels + i * width * L, width, {first + i * plan.w, out.stride, out.count});
}

/// Weights at all places: block by block of output channels [place][input channel][output channel in the block].
/// `at(o, c, kh, kw)` is the weight.
template <class Arch, class At>
const float* transform_weights(int64_t o, int64_t c, const At& at) {
  constexpr int most = ConvTile<Arch>::channels;
  float* to = scratch(Scratch::weights, tile_places * o * c);
  const EvenSplit<Arch> blocks(o, most);
  const auto three_to_four = [](float g0, float g1, float g2, float* u) {
    const float ends = 0.5f * (g0 + g2), middle = 0.5f * g1;
    u[0] = g0;
    u[1] = ends + middle;
    u[2] = ends - middle;
    u[3] = g2;
  };
  parallel_for(blocks.parts, [&](int64_t block) {
    const int64_t first = blocks.begin(block), count = blocks.size(block);
    float* of_block = to + tile_places * c * first;
    for (int64_t channel = 0; channel < c; ++channel)
      for (int64_t m = 0; m < count; ++m) {
        float columns[3][4], row[4];
        for (int64_t kw = 0; kw < 3; ++kw)
          three_to_four(at(first + m, channel, 0, kw), at(first + m, channel, 1, kw), at(first + m, channel, 2, kw),
                        columns[kw]);
        for (int64_t i = 0; i < 4; ++i) {
          three_to_four(columns[0][i], columns[1][i], columns[2][i], row);
          for (int64_t j = 0; j < 4; ++j) of_block[((4 * i + j) * c + channel) * count + m] = row[j];
        }
      }
  });
  return to;
}

/// The convolution of one group of images, for output channels of the blocks [block_begin, block_end) of EvenSplit(o,
/// ConvTile::channels): c channels of h×w pixels → o channels of as many.
template <class Arch>
void winograd(int64_t c, int64_t o, const TilePlan<Arch>& plan, int64_t block_begin, int64_t block_end,
              const Planes& from, int64_t first_image, const float* weights, const float* bias, Images<float> out) {
  constexpr int64_t channels_at_once = 64;
  const EvenSplit<Arch> blocks(o, ConvTile<Arch>::channels), chunks(c, channels_at_once);
  const PlacesOf<Arch> most_in{chunks.size(0), plan.most_tiles()}, most_out{blocks.size(0), plan.most_tiles()};
  InputRows<Arch> rows(plan, from, first_image, out.count, 0, c);
  float* inputs = scratch(Scratch::x_tiles, most_in.size());
  float* products = scratch(Scratch::products, most_out.size() * (chunks.parts > 1 ? blocks.parts : 1));
  for (int64_t i = 0; i < plan.pieces(); ++i) {
    const auto piece = plan.piece(i);
    if (piece.column == 0) rows.move_to(piece.row, piece.rows);
    for (int64_t chunk = 0; chunk < chunks.parts; ++chunk) {
      const int64_t first = chunks.begin(chunk);
      const PlacesOf<Arch> in{chunks.size(chunk), piece.tiles()};
      rows.transform(piece, first, in.planes, inputs);
      for (int64_t block = block_begin; block < block_end; ++block) {
        const int64_t channel = blocks.begin(block), count = blocks.size(block);
        const PlacesOf<Arch> made{count, piece.tiles()};
        float* sums = products + (chunks.parts > 1 ? block * most_out.size() : 0);
        multiply_places<Arch>(in, inputs, weights + (tile_places * channel * c + first * count), c * count, chunk > 0,
                              made, sums);
        if (chunk + 1 < chunks.parts) continue;
        for (int64_t m = 0; m < count; ++m)
          write_outputs<Arch>(plan, piece, sums + m * made.plane(), made.place(), bias ? bias[channel + m] : 0.0f,
                              {out.data + (channel + m) * plan.h * plan.w, out.stride, out.count});
      }
    }
  }
}

}  // namespace cnnlab::simd
