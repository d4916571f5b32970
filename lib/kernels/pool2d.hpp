#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

// N batch, C channels, H and W height and width, K window size; (i, j) is a pixel of the output, (h, w) of the input.
namespace cnnlab::reference {

/// The rows (or columns) of the window at output position `at`, without those that lie in the padding.
struct Window {
  int64_t begin, end;

  Window(const Pool2dGeometry& g, int64_t at, int64_t size)
      : begin(std::max<int64_t>(at * g.stride - g.padding, 0)), end(std::min(at * g.stride - g.padding + g.k, size)) {}
};

/// y[n,c,i,j] = the largest x of the window; argmax = its place h·W + w. Of equal ones the first is taken, and a NaN is
/// larger than any number, as in PyTorch. Padding never wins.
template <class T>
void max_pool2d(const Pool2dGeometry& g, In<T> x_data, Out<T> y_data, Out<int32_t> argmax_data) {
  const View4<const T> x{x_data, g.c, g.h, g.w};
  const View4<T> y{y_data, g.c, g.out_h(), g.out_w()};
  const View4<int32_t> argmax{argmax_data, g.c, g.out_h(), g.out_w()};
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t c = 0; c < g.c; ++c)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) {
          const Window rows(g, i, g.h), columns(g, j, g.w);
          T best = -std::numeric_limits<T>::infinity();
          int64_t place = rows.begin * g.w + columns.begin;
          for (int64_t h = rows.begin; h < rows.end; ++h)
            for (int64_t w = columns.begin; w < columns.end; ++w)
              if (const T value = x(n, c, h, w); value > best || std::isnan(value)) {
                best = value;
                place = h * g.w + w;
              }
          y(n, c, i, j) = best;
          argmax(n, c, i, j) = static_cast<int32_t>(place);
        }
}

/// Only the winner had a say in y, so it alone receives y's gradient (and adds up those of all windows that it won).
template <class T>
void max_pool2d_backward(const Pool2dGeometry& g, In<int32_t> argmax, In<T> dy, Out<T> dx) {
  std::fill(dx.begin(), dx.end(), T(0));
  const int64_t pixels = g.out_h() * g.out_w();
  for (int64_t plane = 0; plane < g.n * g.c; ++plane)
    for (int64_t p = plane * pixels; p < (plane + 1) * pixels; ++p) dx[plane * g.h * g.w + argmax[p]] += dy[p];
}

/// y[n,c,i,j] = (Σ of the window) / K², where the padding counts as zeros (PyTorch's count_include_pad=True).
template <class T>
void avg_pool2d(const Pool2dGeometry& g, In<T> x_data, Out<T> y_data) {
  const View4<const T> x{x_data, g.c, g.h, g.w};
  const View4<T> y{y_data, g.c, g.out_h(), g.out_w()};
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t c = 0; c < g.c; ++c)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) {
          const Window rows(g, i, g.h), columns(g, j, g.w);
          T sum = 0;
          for (int64_t h = rows.begin; h < rows.end; ++h)
            for (int64_t w = columns.begin; w < columns.end; ++w) sum += x(n, c, h, w);
          y(n, c, i, j) = sum / static_cast<T>(g.k * g.k);
        }
}

/// Each x had the share 1/K² in every window that covers it, and receives that share of the window's gradient.
template <class T>
void avg_pool2d_backward(const Pool2dGeometry& g, In<T> dy_data, Out<T> dx_data) {
  const View4<const T> dy{dy_data, g.c, g.out_h(), g.out_w()};
  const View4<T> dx{dx_data, g.c, g.h, g.w};
  std::fill(dx_data.begin(), dx_data.end(), T(0));
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t c = 0; c < g.c; ++c)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) {
          const Window rows(g, i, g.h), columns(g, j, g.w);
          for (int64_t h = rows.begin; h < rows.end; ++h)
            for (int64_t w = columns.begin; w < columns.end; ++w)
              dx(n, c, h, w) += dy(n, c, i, j) / static_cast<T>(g.k * g.k);
        }
}

/// y = the mean of each plane of `pixels` numbers (Lin et al., "Network in network", ICLR 2014, section 3.2).
template <class T>
void global_avg_pool2d(int64_t planes, int64_t pixels, In<T> x, Out<T> y) {
  for (int64_t plane = 0; plane < planes; ++plane) {
    T sum = 0;
    for (int64_t p = plane * pixels; p < (plane + 1) * pixels; ++p) sum += x[p];
    y[plane] = sum / static_cast<T>(pixels);
  }
}

/// Every pixel had the same share in the mean.
template <class T>
void global_avg_pool2d_backward(int64_t planes, int64_t pixels, In<T> dy, Out<T> dx) {
  for (int64_t plane = 0; plane < planes; ++plane)
    std::fill_n(dx.begin() + plane * pixels, pixels, dy[plane] / static_cast<T>(pixels));
}

}  // namespace cnnlab::reference
