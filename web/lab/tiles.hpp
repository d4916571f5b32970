#pragma once
#include <cstdint>

#include "lib/tensor/shape.hpp"

namespace cnnlab {

/// How a tensor's numbers are laid out as a picture: `count` tiles of height × width, in reading order, `columns` in a
/// row, with one texel between them.
struct Tiles {
  int64_t count, height, width;
  int64_t columns = 1;
  int64_t folded = 0;  ///< a row's length, when it does not fill its tile

  /// The most tiles that are shown; of what has more, the first.
  static constexpr int64_t most = 1024;

  /// Channels of an image, filters of a convolution, rows of a matrix; long rows are folded into near squares.
  static Tiles of(const Shape& shape);

  /// Which of the tensor's `total` numbers a texel shows; −1 for the rest of a folded row.
  int64_t index(int64_t tile, int64_t y, int64_t x, int64_t total) const {
    const int64_t length = folded ? folded : height * width, within = y * width + x;
    return within < length && tile * length + within < total ? tile * length + within : -1;
  }

  int64_t rows() const { return (count + columns - 1) / columns; }
  int64_t texel_width() const { return columns * (width + 1) - 1; }
  int64_t texel_height() const { return rows() * (height + 1) - 1; }
  /// Chooses the columns so that a texel is as large as can be in an area; returns its size.
  float fit(float area_width, float area_height);
};

}  // namespace cnnlab
