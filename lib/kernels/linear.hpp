#pragma once
#include <algorithm>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

// N batch, I inputs, O outputs.
namespace cnnlab::reference {

/// y[n,o] = bias[o] + Σ_i x[n,i] · weight[o,i]
template <class T>
void linear(const LinearGeometry& g, In<T> x_data, In<T> weight_data, In<T> bias, Out<T> y_data) {
  const View2<const T> x{x_data, g.i}, weight{weight_data, g.i};
  const View2<T> y{y_data, g.o};
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t o = 0; o < g.o; ++o) {
      T sum = bias.empty() ? T(0) : bias[o];
      for (int64_t i = 0; i < g.i; ++i) sum += x(n, i) * weight(o, i);
      y(n, o) = sum;
    }
}

/// dx = dy · weight, dw = dyᵀ · x, db = Σ_n dy: each product x·weight was added to one y and passes its gradient on,
/// times the other factor.
template <class T>
void linear_backward(const LinearGeometry& g, In<T> x_data, In<T> weight_data, In<T> dy_data, Out<T> dx_data,
                     Out<T> dw_data, Out<T> db) {
  const View2<const T> x{x_data, g.i}, weight{weight_data, g.i}, dy{dy_data, g.o};
  const View2<T> dx{dx_data, g.i}, dw{dw_data, g.i};
  for (Out<T> gradient : {dx_data, dw_data, db}) std::fill(gradient.begin(), gradient.end(), T(0));
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t o = 0; o < g.o; ++o) {
      if (!db.empty()) db[o] += dy(n, o);
      for (int64_t i = 0; i < g.i; ++i) {
        if (!dx_data.empty()) dx(n, i) += dy(n, o) * weight(o, i);
        if (!dw_data.empty()) dw(o, i) += dy(n, o) * x(n, i);
      }
    }
}

}  // namespace cnnlab::reference
