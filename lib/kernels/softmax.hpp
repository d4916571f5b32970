#pragma once
#include <algorithm>
#include <cmath>

#include "lib/kernels/view.hpp"

namespace cnnlab::reference {

/// y[c] = log(exp(x[c]) / Σ exp(x)) = x[c] − max − log Σ exp(x − max), row by row. The row's maximum is taken out
/// first, so that no exp overflows.
template <class T>
void log_softmax(int64_t rows, int64_t classes, In<T> x, Out<T> y) {
  for (int64_t row = 0; row < rows; ++row) {
    const In<T> in = x.subspan(row * classes, classes);
    const Out<T> out = y.subspan(row * classes, classes);
    const T max = *std::max_element(in.begin(), in.end());
    T sum = 0;
    for (const T value : in) sum += std::exp(value - max);
    const T log_sum = std::log(sum);
    for (int64_t c = 0; c < classes; ++c) out[c] = in[c] - max - log_sum;
  }
}

/// ∂y[a]/∂x[c] = [a = c] − exp(x[c]) / Σ exp(x) = [a = c] − exp(y[c]); summed over a with dy: dx = dy − exp(y) · Σ dy.
template <class T>
void log_softmax_backward(int64_t rows, int64_t classes, In<T> y, In<T> dy, Out<T> dx) {
  for (int64_t row = 0; row < rows; ++row) {
    T sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += dy[row * classes + c];
    for (int64_t i = row * classes; i < (row + 1) * classes; ++i) dx[i] = dy[i] - std::exp(y[i]) * sum;
  }
}

/// −(1/N) Σ_n x[n, label[n]]: the mean negative log likelihood when x holds log-probabilities.
template <class T>
void nll_loss(int64_t rows, int64_t classes, In<T> x, In<int32_t> labels, Out<T> loss) {
  T sum = 0;
  for (int64_t row = 0; row < rows; ++row) sum -= x[row * classes + labels[row]];
  loss[0] = sum / static_cast<T>(rows);
}

/// Only the label's entry of each row took part, with the factor −1/N.
template <class T>
void nll_loss_backward(int64_t rows, int64_t classes, In<int32_t> labels, In<T> dy, Out<T> dx) {
  std::fill(dx.begin(), dx.end(), T(0));
  for (int64_t row = 0; row < rows; ++row) dx[row * classes + labels[row]] = -dy[0] / static_cast<T>(rows);
}

}  // namespace cnnlab::reference
