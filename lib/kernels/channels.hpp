#pragma once
#include <vector>

#include "lib/kernels/batch_norm2d.hpp"
#include "lib/kernels/conv2d.hpp"
#include "lib/kernels/elementwise.hpp"

// Kernels that read x (N, C, H, W) channel by channel, wherever the channels lie. P pixels of a plane (H·W).
namespace cnnlab::reference {

/// y (N, C, P): what x is meant to be.
template <class T>
void write_channels(int64_t n, int64_t pixels, Channels<T> x, Out<T> y_data) {
  const auto channels = static_cast<int64_t>(x.each.size());
  const View4<T> y{y_data, channels, 1, pixels};
  for (int64_t c = 0; c < channels; ++c) {
    const Channel<T>& from = x.each[c];
    for (int64_t image = 0; image < n; ++image)
      for (int64_t p = 0; p < pixels; ++p) {
        T value = from.data[image * from.stride + p];
        if (x.normalised) value = (value - from.centre) * from.factor + from.shift;
        y(image, c, 0, p) = x.rectified && value < 0 ? T(0) : value;
      }
  }
}

template <class T>
std::vector<T> written_out(int64_t n, int64_t pixels, Channels<T> x) {
  std::vector<T> y(n * static_cast<int64_t>(x.each.size()) * pixels);
  write_channels<T>(n, pixels, x, y);
  return y;
}

/// The statistics that batch_norm2d finds in training.
template <class T>
void channel_moments(const BatchNorm2dGeometry& g, In<T> x, Out<T> mean, Out<T> variance) {
  std::vector<T> ones(g.c, T(1)), zeros(g.c, T(0)), y(x.size());
  batch_norm2d<T>(g, x, ones, zeros, mean, variance, y);
}

template <class T>
void conv2d_channels(const Conv2dGeometry& g, Channels<T> x, In<T> weight, In<T> bias, Out<T> y) {
  conv2d<T>(g, written_out(g.n, g.h * g.w, x), weight, bias, y);
}

template <class T>
void conv2d_channels_backward(const Conv2dGeometry& g, Channels<T> x, In<T> weight, In<T> dy, Out<T> dx, Out<T> dw,
                              Out<T> db) {
  conv2d_backward<T>(g, written_out(g.n, g.h * g.w, x), weight, dy, dx, dw, db);
}

/// dy passes the ReLU where the normalised x is above 0, and goes on as batch_norm2d_backward takes it. There the
/// weight is what `factor` has of it: factor = weight / √(σ² + ε).
template <class T>
void norm_channels_backward(const BatchNorm2dGeometry& g, Channels<T> x, In<T> variance, In<T> dy,
                            std::span<const GradientChannel<T>> dx, Out<T> dw, Out<T> db) {
  const std::vector<T> raw = written_out<T>(g.n, g.pixels, {.each = x.each});
  std::vector<T> passed(dy.begin(), dy.end()), d(dy.size()), mean, weight;
  for (int64_t c = 0; c < g.c; ++c) {
    mean.push_back(x.each[c].centre);
    weight.push_back(x.each[c].factor * std::sqrt(variance[c] + static_cast<T>(g.eps)));
  }
  if (x.rectified) {
    x.rectified = false;
    relu_backward<T>(written_out(g.n, g.pixels, x), dy, passed);
  }
  batch_norm2d_backward<T>(g, raw, weight, mean, variance, passed, d, dw, db);
  const View4<T> gradient{d, g.c, 1, g.pixels};
  for (int64_t c = 0; c < g.c; ++c)
    for (int64_t n = 0; n < g.n && dx[c].data; ++n)
      for (int64_t p = 0; p < g.pixels; ++p) {
        T& to = dx[c].data[n * dx[c].stride + p];
        to = (dx[c].add ? to : T(0)) + gradient(n, c, 0, p);
      }
}

}  // namespace cnnlab::reference
