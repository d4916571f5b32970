#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "lib/kernels/view.hpp"

namespace cnnlab::reference {

/// y = max(x, 0). Written so that NaN stays NaN, as in PyTorch: every comparison with NaN is false.
template <class T>
void relu(In<T> x, Out<T> y) {
  for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] < 0 ? T(0) : x[i];
}

/// The slope is 1 where x > 0 and 0 elsewhere; at exactly 0, where there is none, PyTorch takes 0, and for NaN it lets
/// dy through.
template <class T>
void relu_backward(In<T> x, In<T> dy, Out<T> dx) {
  for (size_t i = 0; i < x.size(); ++i) {
    const T passed = dy[i];  // read in any case: a choice between two values is a vector instruction, a branch is not
    dx[i] = x[i] <= 0 ? T(0) : passed;
  }
}

template <class T>
void add(In<T> a, In<T> b, Out<T> y) {
  for (size_t i = 0; i < a.size(); ++i) y[i] = a[i] + b[i];
}

/// A number in [0, 1) for element `i` of the mask that `key` stands for: SplitMix64's (Steele et al., OOPSLA 2014) i-th
/// output, so any element can be had without those before it.
inline double dropout_draw(uint64_t key, uint64_t i) {
  uint64_t z = key + (i + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/// Drops each number with probability p and scales the others by 1/(1 − p), so that their expected sum stays
/// (Srivastava et al., "Dropout", JMLR 2014; "inverted": nothing is left to do when the network is used). The gradient
/// passes the same mask: it is this function, of dy.
template <class T>
void dropout(uint64_t key, double p, In<T> x, Out<T> y) {
  const T scale = static_cast<T>(1 / (1 - p));
  for (size_t i = 0; i < x.size(); ++i) y[i] = dropout_draw(key, i) < p ? T(0) : x[i] * scale;
}

/// Concatenation along an axis copies, for each index in front of that axis, one run of numbers into a part of a longer
/// run; its gradient copies them back.
template <class T>
void copy_runs(int64_t rows, int64_t run, In<T> from, int64_t from_stride, Out<T> to, int64_t to_stride) {
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(from.data() + row * from_stride, run, to.data() + row * to_stride);
}

}  // namespace cnnlab::reference
