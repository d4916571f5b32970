#pragma once
#include <cstdint>
#include <span>

namespace cnnlab::reference {

template <class T>
using In = std::span<const T>;
template <class T>
using Out = std::span<T>;

/// A row-major array with four axes: x(n, c, h, w). (Kernels take flat spans; the plain loops read better with
/// indices.)
template <class T>
struct View4 {
  std::span<T> data;
  int64_t channels, height, width;

  T& operator()(int64_t n, int64_t c, int64_t h, int64_t w) const {
    return data[((n * channels + c) * height + h) * width + w];
  }
};

/// A row-major matrix: x(row, column).
template <class T>
struct View2 {
  std::span<T> data;
  int64_t columns;

  T& operator()(int64_t row, int64_t column) const { return data[row * columns + column]; }
};

/// Whether (h, w) lies in the image, not in the padding around it.
inline bool inside(int64_t h, int64_t w, int64_t height, int64_t width) {
  return 0 <= h && h < height && 0 <= w && w < width;
}

}  // namespace cnnlab::reference
