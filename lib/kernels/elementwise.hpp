#pragma once
#include <algorithm>
#include <cstddef>

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

/// Concatenation along an axis copies, for each index in front of that axis, one run of numbers into a part of a longer
/// run; its gradient copies them back.
template <class T>
void copy_runs(int64_t rows, int64_t run, In<T> from, int64_t from_stride, Out<T> to, int64_t to_stride) {
  for (int64_t row = 0; row < rows; ++row)
    std::copy_n(from.data() + row * from_stride, run, to.data() + row * to_stride);
}

}  // namespace cnnlab::reference
