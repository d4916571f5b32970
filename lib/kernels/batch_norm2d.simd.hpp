#pragma once
#include <cmath>
#include <cstdint>
#include <span>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"

// N batch, C channels, P pixels of a plane (H·W), M = N·P numbers of a channel, L lanes.
//
// A thread takes whole channels: what it has read for the sums it reads again, from its cache, to normalise. Sums are
// made plane by plane in vectors and from plane to plane in double precision, always in one order.
namespace cnnlab::simd {

/// `count` neighbouring numbers, first in vectors and then one by one: each(V, i) is called with a value of the type to
/// compute with, so that what is done is written once.
template <class Arch, class Each>
void for_vectors(int64_t count, const Each& each) {
  constexpr int64_t L = lanes<Arch>;
  int64_t i = 0;
  for (; i + L <= count; i += L) each(xsimd::batch<float, Arch>(0.0f), i);
  for (; i < count; ++i) each(0.0f, i);
}

/// The number, or the vector of them, at `from`.
template <class Arch, class V>
V read(const float* from, V) {
  if constexpr (std::is_same_v<V, float>) {
    return *from;
  } else {
    return V::load_unaligned(from);
  }
}
template <class Arch, class V>
void write(V value, float* to) {
  if constexpr (std::is_same_v<V, float>) {
    *to = value;
  } else {
    value.store_unaligned(to);
  }
}

/// Σ term(V, i) over a plane.
template <class Arch, class Term>
float plane_sum(int64_t pixels, const Term& term) {
  using V = xsimd::batch<float, Arch>;
  constexpr int64_t L = lanes<Arch>;
  V sums[4]{V(0.0f), V(0.0f), V(0.0f), V(0.0f)};  // an addition takes some cycles: four of them overlap
  int64_t i = 0;
  for (; i + 4 * L <= pixels; i += 4 * L)
    for (int64_t k = 0; k < 4; ++k) sums[k] += term(V(0.0f), i + k * L);
  for (; i + L <= pixels; i += L) sums[0] += term(V(0.0f), i);
  float sum = xsimd::hadd((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < pixels; ++i) sum += term(0.0f, i);
  return sum;
}

template <class Arch>
float inverse_deviation(const BatchNorm2dGeometry& g, float variance) {
  return static_cast<float>(1 / std::sqrt(static_cast<double>(variance) + g.eps));
}

template <class Arch>
void batch_norm2d(const BatchNorm2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                  std::span<const float> bias, std::span<float> mean, std::span<float> variance, std::span<float> y) {
  const float *x_data = x.data(), *weight_data = weight.data(), *bias_data = bias.data();
  float *mean_data = mean.data(), *variance_data = variance.data(), *y_data = y.data();
  const int64_t image = g.c * g.pixels;
  parallel_for(g.c, [&](int64_t c) {
    const float* from = x_data + c * g.pixels;
    if (g.training) {
      double sum = 0, squares = 0;
      for (int64_t n = 0; n < g.n; ++n) {
        const float* plane = from + n * image;
        sum += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) { return read<Arch>(plane + i, v); });
      }
      mean_data[c] = static_cast<float>(sum / static_cast<double>(g.count()));
      for (int64_t n = 0; n < g.n; ++n) {
        const float* plane = from + n * image;
        squares += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) {
          const auto centred = read<Arch>(plane + i, v) - decltype(v)(mean_data[c]);
          return centred * centred;
        });
      }
      variance_data[c] = static_cast<float>(squares / static_cast<double>(g.count()));
    }
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
  parallel_for(g.c, [&](int64_t c) {
    const float centre = mean_data[c], inverse = inverse_deviation<Arch>(g, variance_data[c]);
    double dy_sum = 0, stretch = 0;  // Σ dy, Σ dy·(x − μ)
    for (int64_t n = 0; n < g.n; ++n) {
      const float *from = x_data + n * image + c * g.pixels, *d = dy_data + n * image + c * g.pixels;
      dy_sum += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) { return read<Arch>(d + i, v); });
      stretch += plane_sum<Arch>(g.pixels, [&](auto v, int64_t i) {
        return read<Arch>(d + i, v) * (read<Arch>(from + i, v) - decltype(v)(centre));
      });
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
