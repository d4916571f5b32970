#pragma once
#include <algorithm>
#include <array>
#include <cstdint>

#include "lib/kernels/filtering.simd.hpp"
#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/scratch.hpp"
#include "lib/kernels/tiles.simd.hpp"

// Convolutions of 3×3 and 5×5 with stride 1 by minimal filtering (filtering.simd.hpp), in tiles of 2×2 outputs: what it
// does in one dimension is done to the columns, then to the rows. At each of the 4×4 (7×7) places that this makes, the
// transformed weights and inputs of all channels make a matrix product: Σ_c over channels of [output channel] × [tile].
// So a tile takes 16 (49) multiplications for each pair of channels instead of 36 (100).
//
// N batch, C channels, H and W height and width, O output channels, K kernel size, L lanes, which are images
// (lanes.simd.hpp).
namespace cnnlab::simd {

/// Whether 5×5 is filtered so: not with four lanes (WebAssembly, SSE, NEON). There the code would be more of the page
/// than it has room for; and since it rounds otherwise, not worse, a training golden's maximum tipped
/// (docs/performance.md).
template <class Arch>
constexpr bool tiles_of_five = lanes<Arch> > 4;

/// How the outputs of a plane are cut into tiles of 2×2, and these into pieces whose transforms stay in the cache.
template <class Arch>
struct TilePlan {
  int64_t k, padding, in_h, in_w, h, w;  // h and w: of the output
  int64_t down, across;
  EvenSplit<Arch> columns, rows;

  TilePlan(int64_t kernel, int64_t padding_around, int64_t input_h, int64_t input_w)
      : k(kernel),
        padding(padding_around),
        in_h(input_h),
        in_w(input_w),
        h(input_h + 2 * padding - k + 1),
        w(input_w + 2 * padding - k + 1),
        down((h + 1) / 2),
        across((w + 1) / 2),
        columns(across, most_at_once(k)),
        rows(down, columns.parts == 1 ? std::max<int64_t>(1, most_at_once(k) / std::max<int64_t>(1, across)) : 1) {}

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

  /// Packed outputs whose tiles are whole.
  Packed<Arch> whole(int64_t planes) const { return {planes, 2 * down, 2 * across}; }

  /// Whether it saves more multiplications than the transforms cost.
  bool pays(int64_t channels, int64_t outputs, int64_t stride) const {
    if ((k != 3 && !(k == 5 && tiles_of_five<Arch>)) || stride != 1 || padding < 0 || padding >= k || channels < 8 ||
        outputs < 8)
      return false;
    const int64_t products = inside(in_h, h) * inside(in_w, w), transformed = k == 3 ? tile_places<3> : tile_places<5>;
    return 4 * down * across * transformed <= 3 * products;
  }

 private:
  static int64_t most_at_once(int64_t k) { return k == 3 ? 16 : 8; }
  /// Products along one axis that are not with padding.
  int64_t inside(int64_t in, int64_t out) const {
    int64_t count = 0;
    for (int64_t i = 0; i < out; ++i) count += std::min(k, in + padding - i) - std::max<int64_t>(0, padding - i);
    return count;
  }
};

/// [place][plane][tile][lane], from place to place a cache line more, so that they do not all fall on the same sets.
template <class Arch, int K>
struct PlacesOf {
  int64_t planes, tiles;

  int64_t plane() const { return tiles * lanes<Arch>; }
  int64_t place() const { return planes * plane() + lanes<Arch>; }
  int64_t size() const { return tile_places<K> * place(); }
};

/// The tiles of one row of them. A tile looks at (K + 1)² pixels, of which it shares K − 1 columns with the next.
template <class Arch, int K>
void transform_input_row(const std::array<const float*, K + 1>& rows, int64_t tiles, float* to, int64_t place) {
  using V = xsimd::batch<float, Arch>;
  using F = Filtering<K>;
  constexpr int64_t L = lanes<Arch>;
  V columns[F::places][K + 1];
  const auto read_column = [&](int64_t from, int column) {
    V d[K + 1], made[F::places];
#pragma GCC unroll 8
    for (int i = 0; i <= K; ++i) d[i] = V::load_aligned(rows[i] + from * L);
    F::inputs(d, made);
#pragma GCC unroll 8
    for (int i = 0; i < F::places; ++i) columns[i][column] = made[i];
  };
#pragma GCC unroll 8
  for (int j = 0; j < K - 1; ++j) read_column(j, j);
  for (int64_t t = 0; t < tiles; ++t, to += L) {
    read_column(2 * t + K - 1, K - 1);
    read_column(2 * t + K, K);
#pragma GCC unroll 8
    for (int i = 0; i < F::places; ++i) {
      V row[F::places];
      F::inputs(columns[i], row);
#pragma GCC unroll 8
      for (int j = 0; j < F::places; ++j) row[j].store_aligned(to + (F::places * i + j) * place);
#pragma GCC unroll 8
      for (int j = 0; j < K - 1; ++j) columns[i][j] = columns[i][j + 2];
    }
  }
}

/// The packed inputs that a row of pieces looks at, with a border of padding: few rows of many channels, which stay in
/// the cache where whole planes would not.
template <class Arch, int K>
class InputRows {
 public:
  InputRows(const TilePlan<Arch>& plan, const Planes& from, int64_t first_image, int64_t images, int64_t first_channel,
            int64_t channels)
      : plan_(plan),
        from_(from),
        first_image_(first_image),
        images_(images),
        first_channel_(first_channel),
        shape_{channels, 2 * plan.rows.size(0) + K - 1, 2 * plan.across + K - 1},
        packed_(scratch(Scratch::x, shape_.size())) {}

  /// Goes on to the tiles of `rows` rows from `row` on. What they look at begins where those before looked last.
  void move_to(int64_t row, int64_t rows) {
    const int64_t top = 2 * row - plan_.padding, begin = row == 0 ? top : top + K - 1;
    for (int64_t c = 0; c < shape_.planes; ++c) {
      const Channel<float> channel = from_.at(first_channel_ + c, first_image_);
      for (int64_t h = begin; h < top + 2 * rows + K - 1; ++h) pack_pixels(channel, h, packed_ + at(c, h));
    }
  }

  /// The transforms of `channels` channels from `first` on, in one piece of these rows.
  void transform(const typename TilePlan<Arch>::Piece& piece, int64_t first, int64_t channels, float* to) const {
    constexpr int64_t L = lanes<Arch>;
    const PlacesOf<Arch, K> made{channels, piece.tiles()};
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = 0; i < piece.rows; ++i) {
        std::array<const float*, K + 1> rows{};
        for (int64_t r = 0; r <= K; ++r)
          rows[r] = packed_ + at(first + c, 2 * (piece.row + i) - plan_.padding + r) + 2 * piece.column * L;
        transform_input_row<Arch, K>(rows, piece.columns, to + c * made.plane() + i * piece.columns * L, made.place());
      }
  }

 private:
  /// Where row h of a channel stands: in the place of one that is not needed any more.
  int64_t at(int64_t channel, int64_t h) const {
    return channel * shape_.plane() + (h + plan_.padding) % shape_.rows * shape_.row();
  }

  void pack_pixels(const Channel<float>& channel, int64_t h, float* row) const {
    constexpr int64_t L = lanes<Arch>;
    const int64_t left = plan_.padding, there = h >= 0 && h < plan_.in_h ? plan_.in_w : 0;
    if (const int64_t next = h + 2 * plan_.rows.size(0); next >= 0 && next < plan_.in_h) fetch(channel, next);
    if (there > 0) pack_row<Arch>({channel.data + h * plan_.in_w, channel.stride, images_}, there, row + left * L, L);
    if (there > 0 && (from_.channels.normalised || from_.channels.rectified))
      finish_reading<Arch>(channel, from_.channels.rectified, there, row + left * L, L);
    const xsimd::batch<float, Arch> zero(0.0f);
    for (int64_t j = 0; j < left; ++j) zero.store_aligned(row + j * L);
    for (int64_t j = left + there; j < shape_.columns; ++j) zero.store_aligned(row + j * L);
  }

  /// Asks for a row of pixels that is packed next time: it lies in short runs all over the memory, which the processor
  /// does not foresee.
  void fetch(const Channel<float>& channel, int64_t h) const {
    constexpr int64_t cache_line = 16;
    for (int64_t i = 0; i < images_; ++i)
      for (int64_t j = 0; j < plan_.in_w; j += cache_line)
        __builtin_prefetch(channel.data + i * channel.stride + h * plan_.in_w + j);
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
template <class Arch, int K>
void multiply_places(const PlacesOf<Arch, K>& in, const float* inputs, const float* weights, int64_t weight_place,
                     bool add, const PlacesOf<Arch, K>& out, float* sums) {
  constexpr int P = ConvTile<Arch>::pixels;
  static constexpr auto kernels = instances<PlaceProductKernel<Arch>, ConvTile<Arch>::channels, P>();
  const EvenSplit<Arch> tiles(in.tiles, P);
  for (int64_t p = 0; p < tile_places<K>; ++p)
    for (int64_t part = 0; part < tiles.parts; ++part) {
      const int64_t first = tiles.begin(part) * lanes<Arch>;
      kernels[(out.planes - 1) * P + tiles.size(part) - 1](in.planes, weights + p * weight_place,
                                                           inputs + p * in.place() + first, in.plane(), add,
                                                           sums + p * out.place() + first, out.plane());
    }
}

/// The sums at all places of one tile → its 2×2 outputs.
template <class Arch, int K>
void transform_products(const float* from, int64_t place, const xsimd::batch<float, Arch>& bias,
                        xsimd::batch<float, Arch> (&y)[2][2]) {
  using V = xsimd::batch<float, Arch>;
  using F = Filtering<K>;
  V rows[2][F::places];
#pragma GCC unroll 8
  for (int i = 0; i < F::places; ++i) {
    V m[F::places], two[2];
#pragma GCC unroll 8
    for (int j = 0; j < F::places; ++j) m[j] = V::load_aligned(from + (F::places * i + j) * place);
    F::outputs(m, two);
    rows[0][i] = two[0];
    rows[1][i] = two[1];
  }
  for (int j = 0; j < 2; ++j) {
    V two[2];
    F::outputs(rows[j], two);
    y[0][j] = two[0] + bias;
    y[1][j] = two[1] + bias;
  }
}

/// One channel's sums of a piece → its pixels [row][column][lane] → its images.
template <class Arch, int K>
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
      transform_products<Arch, K>(from, place, V(bias), y);
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
template <class Arch, int K, class At>
const float* transform_weights(int64_t o, int64_t c, const At& at) {
  using F = Filtering<K>;
  float* to = scratch(Scratch::weights, tile_places<K> * o * c);
  const EvenSplit<Arch> blocks(o, ConvTile<Arch>::channels);
  parallel_for(blocks.parts, tile_places<K> * blocks.size(0) * c, [&](int64_t block) {
    const int64_t first = blocks.begin(block), count = blocks.size(block);
    float* of_block = to + tile_places<K> * c * first;
    for (int64_t channel = 0; channel < c; ++channel)
      for (int64_t m = 0; m < count; ++m) {
        float columns[F::places][K], column[K], made[F::places];
        for (int kw = 0; kw < K; ++kw) {
          for (int kh = 0; kh < K; ++kh) column[kh] = at(first + m, channel, kh, kw);
          F::weights(column, made);
          for (int i = 0; i < F::places; ++i) columns[i][kw] = made[i];
        }
        for (int i = 0; i < F::places; ++i) {
          F::weights(columns[i], made);
          for (int j = 0; j < F::places; ++j) of_block[((F::places * i + j) * c + channel) * count + m] = made[j];
        }
      }
  });
  return to;
}

/// The convolution of one group of images, for output channels of the blocks [block_begin, block_end) of EvenSplit(o,
/// ConvTile::channels): c channels → o channels.
template <class Arch, int K>
void winograd(int64_t c, int64_t o, const TilePlan<Arch>& plan, int64_t block_begin, int64_t block_end,
              const Planes& from, int64_t first_image, const float* weights, const float* bias, Images<float> out) {
  constexpr int64_t channels_at_once = K == 3 ? 64 : 96;
  const EvenSplit<Arch> blocks(o, ConvTile<Arch>::channels), chunks(c, channels_at_once);
  const PlacesOf<Arch, K> most_in{chunks.size(0), plan.most_tiles()}, most_out{blocks.size(0), plan.most_tiles()};
  InputRows<Arch, K> rows(plan, from, first_image, out.count, 0, c);
  float* inputs = scratch(Scratch::x_tiles, most_in.size());
  float* products = scratch(Scratch::products, most_out.size() * (chunks.parts > 1 ? blocks.parts : 1));
  for (int64_t i = 0; i < plan.pieces(); ++i) {
    const auto piece = plan.piece(i);
    if (piece.column == 0) rows.move_to(piece.row, piece.rows);
    for (int64_t chunk = 0; chunk < chunks.parts; ++chunk) {
      const int64_t first = chunks.begin(chunk);
      const PlacesOf<Arch, K> in{chunks.size(chunk), piece.tiles()};
      rows.transform(piece, first, in.planes, inputs);
      for (int64_t block = block_begin; block < block_end; ++block) {
        const int64_t channel = blocks.begin(block), count = blocks.size(block);
        const PlacesOf<Arch, K> made{count, piece.tiles()};
        float* sums = products + (chunks.parts > 1 ? block * most_out.size() : 0);
        multiply_places<Arch, K>(in, inputs, weights + (tile_places<K> * channel * c + first * count), c * count,
                                 chunk > 0, made, sums);
        if (chunk + 1 < chunks.parts) continue;
        for (int64_t m = 0; m < count; ++m)
          write_outputs<Arch, K>(plan, piece, sums + m * made.plane(), made.place(), bias ? bias[channel + m] : 0.0f,
                                 {out.data + (channel + m) * plan.h * plan.w, out.stride, out.count});
      }
    }
  }
}

/// The functions above for a kernel size that is known when the program runs.
template <class Arch>
struct WinogradOf {
  decltype(&winograd<Arch, 3>) run = winograd<Arch, 3>;
  bool five = false;

  explicit WinogradOf(int64_t k) {
    if constexpr (tiles_of_five<Arch>) {
      five = k == 5;
      if (five) run = winograd<Arch, 5>;
    }
  }
  template <class At>
  const float* weights(int64_t o, int64_t c, const At& at) const {
    if constexpr (tiles_of_five<Arch>) {
      if (five) return transform_weights<Arch, 5>(o, c, at);
    }
    return transform_weights<Arch, 3>(o, c, at);
  }
};

}  // namespace cnnlab::simd
