#pragma once
#include <cmath>
#include <cstdint>
#include <span>

#include "lib/kernels/batch_norm2d.simd.hpp"
#include "lib/kernels/elementwise.simd.hpp"
#include "lib/kernels/geometry.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/planes.simd.hpp"

// Kernels that read x (N, C, P) channel by channel, wherever the channels lie; a thread takes whole channels.
namespace cnnlab::simd {

template <class Arch, class V>
V normalised(const Channel<float>& channel, V x) {
  return (x - V(channel.centre)) * V(channel.factor) + V(channel.shift);
}

template <class Arch>
void write_channels(int64_t n, int64_t pixels, Channels<float> x, std::span<float> y) {
  const auto channels = static_cast<int64_t>(x.each.size());
  const Channel<float>* each = x.each.data();
  float* to = y.data();
  parallel_for(channels, n * pixels, [=](int64_t c) {
    for (int64_t image = 0; image < n; ++image) {
      const float* plane = each[c].data + image * each[c].stride;
      float* out = to + (image * channels + c) * pixels;
      for_vectors<Arch>(pixels, [&](auto v, int64_t i) {
        auto value = read<Arch>(plane + i, v);
        if (x.normalised) value = normalised<Arch>(each[c], value);
        write<Arch>(x.rectified ? rectified<Arch>(value) : value, out + i);
      });
    }
  });
}

template <class Arch>
void channel_moments(const BatchNorm2dGeometry& g, std::span<const float> x, std::span<float> mean,
                     std::span<float> variance) {
  const float* from = x.data();
  float *mean_data = mean.data(), *variance_data = variance.data();
  parallel_for(g.c, g.count(),
               [&](int64_t c) { moments_of_channel<Arch>(g, from + c * g.pixels, mean_data[c], variance_data[c]); });
}

/// One channel: the sums over all its images, then dx = scale·dy + slope·(x − μ) + offset.
template <class Arch, bool rectifies>
void norm_channel_backward(const BatchNorm2dGeometry& g, const Channel<float>& x, float inverse, const float* dy,
                           const GradientChannel<float>& dx, float* dw, float* db) {
  const int64_t image = g.c * g.pixels;
  const auto gradient_at = [&]([[maybe_unused]] const float* from, const float* d, auto v, int64_t i) {
    const auto dy_i = read<Arch>(d + i, v);
    if constexpr (rectifies) {
      return passed<Arch>(normalised<Arch>(x, read<Arch>(from + i, v)), dy_i);
    } else {
      return dy_i;
    }
  };
  double dy_sum = 0, stretch = 0;  // Σ dy, Σ dy·(x − μ)
  for (int64_t n = 0; n < g.n; ++n) {
    const float *from = x.data + n * x.stride, *d = dy + n * image;
    const auto [sum, product] = plane_sums<Arch>(g.pixels, [&](auto v, int64_t i) {
      const auto passed_on = gradient_at(from, d, v, i);
      return std::pair{passed_on, passed_on * (read<Arch>(from + i, v) - decltype(v)(x.centre))};
    });
    dy_sum += sum;
    stretch += product;
  }
  if (dw) *dw = static_cast<float>(stretch * inverse);
  if (db) *db = static_cast<float>(dy_sum);
  if (!dx.data) return;
  const float scale = x.factor;
  const double share = g.training ? -static_cast<double>(scale) / static_cast<double>(g.count()) : 0;
  const auto slope = static_cast<float>(share * stretch * inverse * inverse);
  const auto offset = static_cast<float>(share * dy_sum);
  for (int64_t n = g.n - 1; n >= 0; --n) {  // those read last are still in the cache
    const float *from = x.data + n * x.stride, *d = dy + n * image;
    float* to = dx.data + n * dx.stride;
    for_vectors<Arch>(g.pixels, [&](auto v, int64_t i) {
      using V = decltype(v);
      const V own =
          gradient_at(from, d, v, i) * V(scale) + ((read<Arch>(from + i, v) - V(x.centre)) * V(slope) + V(offset));
      write<Arch>(dx.add ? read<Arch>(to + i, v) + own : own, to + i);
    });
  }
}

template <class Arch>
void norm_channels_backward(const BatchNorm2dGeometry& g, Channels<float> x, std::span<const float> variance,
                            std::span<const float> dy, std::span<const GradientChannel<float>> dx, std::span<float> dw,
                            std::span<float> db) {
  const Channel<float>* each = x.each.data();
  const GradientChannel<float>* to = dx.data();
  const float *dy_data = dy.data(), *variance_data = variance.data();
  float *dw_data = dw.empty() ? nullptr : dw.data(), *db_data = db.empty() ? nullptr : db.data();
  parallel_for(g.c, g.count(), [&](int64_t c) {
    const auto of_channel = x.rectified ? norm_channel_backward<Arch, true> : norm_channel_backward<Arch, false>;
    of_channel(g, each[c], inverse_deviation<Arch>(g, variance_data[c]), dy_data + c * g.pixels, to[c],
               dw_data ? dw_data + c : nullptr, db_data ? db_data + c : nullptr);
  });
}

}  // namespace cnnlab::simd
