#pragma once
#include <cmath>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

// N batch, C channels, P pixels of a plane (H·W), M = N·P numbers of a channel.
namespace cnnlab::reference {

/// Batch normalisation (Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithm 1), channel by channel:
///   μ = Σ x / M,   σ² = Σ (x − μ)² / M,   x̂ = (x − μ) / √(σ² + ε),   y = weight·x̂ + bias.
/// In training μ and σ² are the batch's own and are written to `mean` and `variance`; else they are read from there.
template <class T>
void batch_norm2d(const BatchNorm2dGeometry& g, In<T> x_data, In<T> weight, In<T> bias, Out<T> mean, Out<T> variance,
                  Out<T> y_data) {
  const View4<const T> x{x_data, g.c, 1, g.pixels};
  const View4<T> y{y_data, g.c, 1, g.pixels};
  const T m = static_cast<T>(g.count());
  for (int64_t c = 0; c < g.c; ++c) {
    if (g.training) {
      mean[c] = variance[c] = 0;
      for (int64_t n = 0; n < g.n; ++n)
        for (int64_t p = 0; p < g.pixels; ++p) mean[c] += x(n, c, 0, p) / m;
      for (int64_t n = 0; n < g.n; ++n)
        for (int64_t p = 0; p < g.pixels; ++p) variance[c] += (x(n, c, 0, p) - mean[c]) * (x(n, c, 0, p) - mean[c]) / m;
    }
    const T scale = weight[c] / std::sqrt(variance[c] + static_cast<T>(g.eps));
    for (int64_t n = 0; n < g.n; ++n)
      for (int64_t p = 0; p < g.pixels; ++p) y(n, c, 0, p) = (x(n, c, 0, p) - mean[c]) * scale + bias[c];
  }
}

/// running ← (1 − momentum)·running + momentum·factor·batch, where `factor` makes the biased variance an unbiased one.
template <class T>
void move_towards(double momentum, double factor, In<T> batch, Out<T> running) {
  const T keep = static_cast<T>(1 - momentum), take = static_cast<T>(momentum * factor);
  for (size_t c = 0; c < running.size(); ++c) running[c] = keep * running[c] + take * batch[c];
}

/// Counts the batches that were seen.
template <class T>
void count(Out<T> counter) {
  for (T& value : counter) value += 1;
}

/// y = weight·x̂ + bias gives db = Σ dy and dw = Σ dy·x̂. With fixed statistics dx is dy·weight/√(σ² + ε). In training
/// x also moves μ and σ², on which all outputs of its channel depend (the paper's section 3): what the channel's dy
/// have in common with a shift (their mean, db/M) and with a stretch (their share of x̂, x̂·dw/M) has no effect and is
/// taken out:  dx = weight/√(σ² + ε) · (dy − db/M − x̂·dw/M).
template <class T>
void batch_norm2d_backward(const BatchNorm2dGeometry& g, In<T> x_data, In<T> weight, In<T> mean, In<T> variance,
                           In<T> dy_data, Out<T> dx_data, Out<T> dw, Out<T> db) {
  const View4<const T> x{x_data, g.c, 1, g.pixels}, dy{dy_data, g.c, 1, g.pixels};
  const View4<T> dx{dx_data, g.c, 1, g.pixels};
  const T m = static_cast<T>(g.count());
  for (int64_t c = 0; c < g.c; ++c) {
    const T inverse = 1 / std::sqrt(variance[c] + static_cast<T>(g.eps));
    const auto normalised = [&](int64_t n, int64_t p) { return (x(n, c, 0, p) - mean[c]) * inverse; };
    T dy_sum = 0, stretch = 0;
    for (int64_t n = 0; n < g.n; ++n)
      for (int64_t p = 0; p < g.pixels; ++p) {
        dy_sum += dy(n, c, 0, p);
        stretch += dy(n, c, 0, p) * normalised(n, p);
      }
    if (!dw.empty()) dw[c] = stretch;
    if (!db.empty()) db[c] = dy_sum;
    if (dx_data.empty()) continue;
    for (int64_t n = 0; n < g.n; ++n)
      for (int64_t p = 0; p < g.pixels; ++p) {
        const T common = g.training ? (dy_sum + normalised(n, p) * stretch) / m : 0;
        dx(n, c, 0, p) = weight[c] * inverse * (dy(n, c, 0, p) - common);
      }
  }
}

}  // namespace cnnlab::reference
