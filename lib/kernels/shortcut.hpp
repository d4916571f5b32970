#pragma once
#include <algorithm>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

// N batch, C channels, H and W height and width, O output channels; (i, j) is a pixel of the output.
namespace cnnlab::reference {

/// y[n, zeros_before + c, i, j] = x[n, c, i·stride, j·stride]; the other channels are zero (He et al., "Deep residual
/// learning for image recognition", CVPR 2016, section 3.3, option A).
template <class T>
void zero_pad_shortcut(const ShortcutGeometry& g, In<T> x_data, Out<T> y_data) {
  const View4<const T> x{x_data, g.c, g.h, g.w};
  const View4<T> y{y_data, g.o, g.out_h(), g.out_w()};
  std::fill(y_data.begin(), y_data.end(), T(0));
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t c = 0; c < g.c; ++c)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j) y(n, g.zeros_before() + c, i, j) = x(n, c, i * g.stride, j * g.stride);
}

/// A pixel that was passed on receives its gradient back; one that was passed over had no effect.
template <class T>
void zero_pad_shortcut_backward(const ShortcutGeometry& g, In<T> dy_data, Out<T> dx_data) {
  const View4<const T> dy{dy_data, g.o, g.out_h(), g.out_w()};
  const View4<T> dx{dx_data, g.c, g.h, g.w};
  std::fill(dx_data.begin(), dx_data.end(), T(0));
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t c = 0; c < g.c; ++c)
      for (int64_t i = 0; i < g.out_h(); ++i)
        for (int64_t j = 0; j < g.out_w(); ++j)
          dx(n, c, i * g.stride, j * g.stride) = dy(n, g.zeros_before() + c, i, j);
}

}  // namespace cnnlab::reference
