#pragma once
#include <algorithm>
#include <cstdint>

#include <xsimd/xsimd.hpp>

#include "lib/kernels/geometry.hpp"

// How images come into the lanes of vectors and back.
//
// Activations are small (28², 12², 4² pixels): rows do not fill a vector, and borders are everywhere. So the
// convolutions put one image in each lane instead. `pack` turns [image][channel][h][w] into [channel][h][w][lane],
// `unpack` turns it back. In between a pixel is one vector, every neighbour is an aligned vector at a fixed distance,
// padding is written once as zeros, and the inner loops know no border.
//
// All code here is a template on the instruction set: the same inline function compiled for two of them must not carry
// one name, or the linker may keep the one that this CPU cannot run.
namespace cnnlab::simd {

template <class Arch>
inline constexpr int64_t lanes = xsimd::batch<float, Arch>::size;

/// A number of images in a row, each of `stride` numbers. Of the last group, `count` may be less than the lanes.
template <class T>
struct Images {
  T* data;
  int64_t stride, count;
};

/// Four vectors of four numbers.
template <class Arch>
struct Square {
  // Four lanes, whatever the machine has: wider vectors exchange numbers across 128-bit parts only at a price.
  using Quad = xsimd::batch<float, std::conditional_t<lanes<Arch> == 4, Arch, xsimd::sse4_2>>;
  Quad rows[4];

  void transpose() {
    const Quad a = zip_lo(rows[0], rows[2]), b = zip_lo(rows[1], rows[3]);
    const Quad c = zip_hi(rows[0], rows[2]), d = zip_hi(rows[1], rows[3]);
    rows[0] = zip_lo(a, b);
    rows[1] = zip_hi(a, b);
    rows[2] = zip_lo(c, d);
    rows[3] = zip_hi(c, d);
  }
};

/// One run of pixels of up to `lanes` images → to[pixel · step + lane]; lanes without an image become zero.
template <class Arch>
void pack_row(Images<const float> from, int64_t pixels, float* to, int64_t step) {
  using Quad = typename Square<Arch>::Quad;
  for (int64_t lane = 0; lane < lanes<Arch>; lane += 4) {
    const float* first = from.data + lane * from.stride;
    const int64_t there = from.count - lane;
    if (pixels < 4) {
      for (int64_t p = 0; p < pixels; ++p)
        for (int64_t i = 0; i < 4; ++i) to[p * step + lane + i] = i < there ? first[i * from.stride + p] : 0.0f;
      continue;
    }
    for (int64_t p = 0; p < pixels; p += 4) {
      if (p > pixels - 4) p = pixels - 4;  // the last four pixels once more, rather than a loop for the rest
      Square<Arch> square;
      for (int64_t i = 0; i < 4; ++i)
        square.rows[i] = i < there ? Quad::load_unaligned(first + i * from.stride + p) : Quad(0.0f);
      square.transpose();
      for (int64_t i = 0; i < 4; ++i) square.rows[i].store_aligned(to + (p + i) * step + lane);
    }
  }
}

/// The opposite: from[pixel · lanes + lane] → pixels of the images that there are.
template <class Arch>
void unpack_row(const float* from, int64_t pixels, Images<float> to) {
  using Quad = typename Square<Arch>::Quad;
  constexpr int64_t L = lanes<Arch>;
  for (int64_t lane = 0; lane < to.count; lane += 4) {
    float* first = to.data + lane * to.stride;
    const int64_t there = to.count - lane;
    if (pixels < 4) {
      for (int64_t p = 0; p < pixels; ++p)
        for (int64_t i = 0; i < 4 && i < there; ++i) first[i * to.stride + p] = from[p * L + lane + i];
      continue;
    }
    for (int64_t p = 0; p < pixels; p += 4) {
      if (p > pixels - 4) p = pixels - 4;
      Square<Arch> square;
      for (int64_t i = 0; i < 4; ++i) square.rows[i] = Quad::load_aligned(from + (p + i) * L + lane);
      square.transpose();
      for (int64_t i = 0; i < 4 && i < there; ++i) square.rows[i].store_unaligned(first + i * to.stride + p);
    }
  }
}

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

/// A stack of planes with an image in each lane: plane c, row h, column w at ((c · rows + h) · columns + w) · lanes.
template <class Arch>
struct Packed {
  int64_t planes, rows, columns;

  int64_t row() const { return columns * lanes<Arch>; }
  int64_t plane() const { return rows * row(); }
  int64_t size() const { return planes * plane(); }
};

/// Where a convolution's x is: a row-major array, or channels of several.
struct Planes {
  const float* data;
  int64_t image, plane;  ///< numbers from one to the next
  Channels<float> channels{};

  Channel<float> at(int64_t c, int64_t first_image) const {
    if (channels.each.empty()) return {.data = data + c * plane + first_image * image, .stride = image};
    Channel<float> channel = channels.each[c];
    channel.data += first_image * channel.stride;
    if (!channels.normalised) channel = {.data = channel.data, .stride = channel.stride};
    return channel;
  }
};

/// What is done to numbers as they are read, done to vectors at `to`, `step` apart.
template <class Arch>
void finish_reading(const Channel<float>& channel, bool rectified, int64_t pixels, float* to, int64_t step) {
  using V = xsimd::batch<float, Arch>;
  const V centre(channel.centre), factor(channel.factor), shift(channel.shift), zero(0.0f);
  for (int64_t p = 0; p < pixels; ++p, to += step) {
    const V value = (V::load_aligned(to) - centre) * factor + shift;
    (rectified ? xsimd::select(value < zero, zero, value) : value).store_aligned(to);
  }
}

/// Packs planes of h×w pixels: pixel (i, j) comes to (top + i · spacing, top + j · spacing), the rest is zero.
template <class Arch>
void pack(const Planes& from, int64_t first_image, int64_t images, int64_t h, int64_t w, const Packed<Arch>& shape,
          int64_t top, int64_t spacing, float* to) {
  constexpr int64_t L = lanes<Arch>, run = 64;
  const bool gapless = shape.rows == h && shape.columns == w;
  if (!gapless) {
    const xsimd::batch<float, Arch> zero(0.0f);
    for (int64_t i = 0; i < shape.size(); i += L) zero.store_aligned(to + i);
  }
  const int64_t rows = gapless ? (h * w + run - 1) / run : h;
  for (int64_t c = 0; c < shape.planes; ++c, to += shape.plane()) {
    const Channel<float> channel = from.at(c, first_image);
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t first = gapless ? i * run : i * w, pixels = gapless ? std::min(run, h * w - first) : w;
      float* row = gapless ? to + first * L : to + (top + i * spacing) * shape.row() + top * L;
      pack_row<Arch>({channel.data + first, channel.stride, images}, pixels, row, spacing * L);
      if (from.channels.normalised || from.channels.rectified)
        finish_reading<Arch>(channel, from.channels.rectified, pixels, row, spacing * L);
    }
  }
}

}  // namespace cnnlab::simd
