#pragma once
#include <cmath>
#include <cstdint>
#include <span>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/planes.simd.hpp"

// N batch, C channels, P pixels of a plane (H·W), M = N·P numbers of a channel, L lanes.
//
// A thread takes whole channels: what it has read for the sums it reads again, from its cache, to normalise. Sums are
// made plane by plane in vectors and from plane to plane in double precision, always in one order.
namespace cnnlab::simd {

template <class Arch>
float inverse_deviation(const BatchNorm2dGeometry& g, float variance) {
  return static_cast<float>(1 / std::sqrt(static_cast<double>(variance) + g.eps));
}

/// Mean and biased variance of one channel, whose first plane is at `from`.
template <class Arch>
void moments_of_channel(const BatchNorm2dGeometry& g, const float* from, float& mean, float& variance) {
  const int64_t image = g.c * g.pixels;
  double sum = 0, squares = 0;
  for (int64_t n = 0; n < g.n; ++n) {
    const float* plane = from + n * image;
    sum += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) { return read<Arch>(plane + i, v); });
  }
  mean = static_cast<float>(sum / static_cast<double>(g.count()));
  const float centre = mean;
  for (int64_t n = 0; n < g.n; ++n) {
    const float* plane = from + n * image;
    squares += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) {
      const auto centred = read<Arch>(plane + i, v) - decltype(v)(centre);
      return centred * centred;
    });
  }
  variance = static_cast<float>(squares / static_cast<double>(g.count()));
}

template <class Arch>
void batch_norm2d(const BatchNorm2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                  std::span<const float> bias, std::span<float> mean, std::span<float> variance, std::span<float> y) {
  const float *x_data = x.data(), *weight_data = weight.data(), *bias_data = bias.data();
  float *mean_data = mean.data(), *variance_data = variance.data(), *y_data = y.data();
  const int64_t image = g.c * g.pixels;
  parallel_for(g.c, g.count(), [&](int64_t c) {
    const float* from = x_data + c * g.pixels;
    if (g.training) moments_of_channel<Arch>(g, from, mean_data[c], variance_data[c]);
    const float centre = mean_data[c], scale = weight_data[c] * inverse_deviation<Arch>(g, variance_data[c]);
    for (int64_t n = 0; n < g.n; ++n) {
      const float* plane = from + n * image;
      float* out = y_data + n * image + c * g.pixels;
      for_vectors<Arch>(g.pixels, [&](auto v, int64_t i) {
        using V = decltype(v);
        write<Arch>((read<Arch>(plane + i, v) - V(centre)) * V(scale) + V(bias_data[c]), out + i);
      });
    }
  });
}

template <class Arch>
void batch_norm2d_backward(const BatchNorm2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                           std::span<const float> mean, std::span<const float> variance, std::span<const float> dy,
                           std::span<float> dx, std::span<float> dw, std::span<float> db) {
  const float *x_data = x.data(), *weight_data = weight.data(), *mean_data = mean.data(), *dy_data = dy.data();
  const float* variance_data = variance.data();
  float *dx_data = dx.data(), *dw_data = dw.data(), *db_data = db.data();
  const bool wants_dx = !dx.empty(), wants_dw = !dw.empty(), wants_db = !db.empty();
  const int64_t image = g.c * g.pixels;
  parallel_for(g.c, g.count(), [&](int64_t c) {
    const float centre = mean_data[c], inverse = inverse_deviation<Arch>(g, variance_data[c]);
    double dy_sum = 0, stretch = 0;  // Σ dy, Σ dy·(x − μ)
    for (int64_t n = 0; n < g.n; ++n) {
      const float *from = x_data + n * image + c * g.pixels, *d = dy_data + n * image + c * g.pixels;
      const auto [sum, product] = plane_sums<Arch>(g.pixels, [&](auto v, int64_t i) {
        const auto dy_i = read<Arch>(d + i, v);
        return std::pair{dy_i, dy_i * (read<Arch>(from + i, v) - decltype(v)(centre))};
      });
      dy_sum += sum;
      stretch += product;
    }
    if (wants_dw) dw_data[c] = static_cast<float>(stretch * inverse);
    if (wants_db) db_data[c] = static_cast<float>(dy_sum);
    if (!wants_dx) return;
    // dx = scale·dy + slope·(x − μ) + offset
    const float scale = weight_data[c] * inverse;
    const double share = g.training ? -static_cast<double>(scale) / static_cast<double>(g.count()) : 0;
    const auto slope = static_cast<float>(share * stretch * inverse * inverse);
    const auto offset = static_cast<float>(share * dy_sum);
    for (int64_t n = 0; n < g.n; ++n) {
      const int64_t plane = n * image + c * g.pixels;
      for_vectors<Arch>(g.pixels, [&](auto v, int64_t i) {
        using V = decltype(v);
        write<Arch>(read<Arch>(dy_data + plane + i, v) * V(scale) +
                        ((read<Arch>(x_data + plane + i, v) - V(centre)) * V(slope) + V(offset)),
                    dx_data + plane + i);
      });
    }
  });
}

}  // namespace cnnlab::simd
