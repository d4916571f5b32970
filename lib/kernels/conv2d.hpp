#pragma once
#include <algorithm>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

// N batch, C channels, H and W height and width, O output channels, K kernel size; (i, j) is a pixel of the output,
// (h, w) the pixel of the input that the kernel's element (kh, kw) lies on.
namespace cnnlab::reference {

/// y[n,o,i,j] = bias[o] + Σ_{c,kh,kw} x[n, c, i·stride + kh − padding, j·stride + kw − padding] · weight[o,c,kh,kw],
/// where x is zero outside the image.
template <class T>
void conv2d(const Conv2dGeometry& g, In<T> x_data, In<T> weight_data, In<T> bias, Out<T> y_data) {
  const View4<const T> x{x_data, g.c, g.h, g.w}, weight{weight_data, g.c, g.k, g.k};
  const View4<T> y{y_data, g.o, g.out_h(), g.out_w()};
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t o = 0; o < g.o; ++o)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) {
          T sum = bias.empty() ? T(0) : bias[o];
          for (int64_t c = 0; c < g.c; ++c)
            for (int64_t kh = 0; kh < g.k; ++kh)
              for (int64_t kw = 0; kw < g.k; ++kw) {
                const int64_t h = i * g.stride + kh - g.padding, w = j * g.stride + kw - g.padding;
                if (inside(h, w, g.h, g.w)) sum += x(n, c, h, w) * weight(o, c, kh, kw);
              }
          y(n, o, i, j) = sum;
        }
}

/// Every product x·weight was added to one y. So, by the chain rule, each passes that y's gradient back twice: times
/// the weight to its x, times x to its weight; a weight (an x) that took part in many products collects all of them.
/// The bias took part in each y once.
template <class T>
void conv2d_backward(const Conv2dGeometry& g, In<T> x_data, In<T> weight_data, In<T> dy_data, Out<T> dx_data,
                     Out<T> dw_data, Out<T> db) {
  const View4<const T> x{x_data, g.c, g.h, g.w}, weight{weight_data, g.c, g.k, g.k};
  const View4<const T> dy{dy_data, g.o, g.out_h(), g.out_w()};
  const View4<T> dx{dx_data, g.c, g.h, g.w}, dw{dw_data, g.c, g.k, g.k};
  for (Out<T> gradient : {dx_data, dw_data, db}) std::fill(gradient.begin(), gradient.end(), T(0));
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t o = 0; o < g.o; ++o)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) {
          if (!db.empty()) db[o] += dy(n, o, i, j);
          for (int64_t c = 0; c < g.c; ++c)
            for (int64_t kh = 0; kh < g.k; ++kh)
              for (int64_t kw = 0; kw < g.k; ++kw) {
                const int64_t h = i * g.stride + kh - g.padding, w = j * g.stride + kw - g.padding;
                if (!inside(h, w, g.h, g.w)) continue;
                if (!dx_data.empty()) dx(n, c, h, w) += weight(o, c, kh, kw) * dy(n, o, i, j);
                if (!dw_data.empty()) dw(o, c, kh, kw) += x(n, c, h, w) * dy(n, o, i, j);
              }
        }
}

}  // namespace cnnlab::reference
