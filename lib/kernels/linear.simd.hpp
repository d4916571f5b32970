#pragma once
#include <algorithm>
#include <cstdint>
#include <span>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/lanes.simd.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/kernels/tiles.simd.hpp"

// N batch, I inputs, O outputs, L lanes: here a vector holds L neighbouring inputs of one row.
namespace cnnlab::simd {

/// The most rows of each of two matrices whose products are summed at once.
template <class Arch>
inline constexpr int linear_rows = has_32_registers<Arch> ? 4 : 3;
/// The most vectors of a row that are summed at once.
template <class Arch>
inline constexpr int linear_vectors = has_32_registers<Arch> ? 4 : 2;

/// M × P scalar products: out[m][p] = bias[p] + Σ_i a[m][i] · b[p][i].
template <class Arch>
struct DotKernel {
  template <int M, int P>
  static void run(int64_t length, const float* a, const float* b, const float* bias, float* out, int64_t out_row) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[M][P];
    for (int m = 0; m < M; ++m)
      for (int p = 0; p < P; ++p) sum[m][p] = V(0.0f);
    int64_t i = 0;
    for (; i + L <= length; i += L) {
      V factor[P];
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) factor[p] = V::load_unaligned(b + p * length + i);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m) {
        const V x = V::load_unaligned(a + m * length + i);
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) sum[m][p] = xsimd::fma(x, factor[p], sum[m][p]);
      }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) {
        float total = xsimd::hadd(sum[m][p]) + (bias ? bias[p] : 0.0f);
        for (int64_t rest = i; rest < length; ++rest) total += a[m * length + rest] * b[p * length + rest];
        out[m * out_row + p] = total;
      }
  }
};

/// M rows × P vectors of a product: out[m][i] = Σ_r a(m, r) · b[r][i], where a(m, r) = a[m · a_m + r · a_r].
template <class Arch>
struct OuterKernel {
  template <int M, int P>
  static void run(int64_t count, const float* a, int64_t a_m, int64_t a_r, const float* b, float* out, int64_t row) {
    using V = xsimd::batch<float, Arch>;
    constexpr int64_t L = lanes<Arch>;
    V sum[M][P];
    for (int m = 0; m < M; ++m)
      for (int p = 0; p < P; ++p) sum[m][p] = V(0.0f);
    for (int64_t r = 0; r < count; ++r, a += a_r, b += row) {
      V factor[P];
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) factor[p] = V::load_unaligned(b + p * L);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m) {
        const V w(a[m * a_m]);
#pragma GCC unroll 8
        for (int p = 0; p < P; ++p) sum[m][p] = xsimd::fma(w, factor[p], sum[m][p]);
      }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
      for (int p = 0; p < P; ++p) sum[m][p].store_unaligned(out + m * row + p * L);
  }
};

template <class Arch>
void linear(const LinearGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y) {
  constexpr int M = linear_rows<Arch>, P = linear_rows<Arch>;
  static constexpr auto kernels = instances<DotKernel<Arch>, M, P>();
  const float *x_data = x.data(), *weight_data = weight.data(), *bias_data = bias.empty() ? nullptr : bias.data();
  float* y_data = y.data();
  const EvenSplit<Arch> rows(g.n, M), outputs(g.o, P);
  parallel_for(rows.parts, rows.size(0) * g.o * g.i / lanes<Arch>, [&](int64_t task) {
    const int64_t n = rows.begin(task);
    for (int64_t part = 0; part < outputs.parts; ++part) {
      const int64_t o = outputs.begin(part);
      kernels[(rows.size(task) - 1) * P + outputs.size(part) - 1](
          g.i, x_data + n * g.i, weight_data + o * g.i, bias_data ? bias_data + o : nullptr, y_data + n * g.o + o, g.o);
    }
  });
}

/// out[m][i] = Σ_r a[m · a_m + r · a_r] · b[r][i] for `m_count` rows of `length` numbers.
template <class Arch>
void matrix_product(int64_t m_count, int64_t r_count, int64_t length, const float* a, int64_t a_m, int64_t a_r,
                    const float* b, float* out) {
  constexpr int M = linear_rows<Arch>, P = linear_vectors<Arch>;
  constexpr int64_t L = lanes<Arch>;
  static constexpr auto kernels = instances<OuterKernel<Arch>, M, P>();
  const EvenSplit<Arch> rows(m_count, M), vectors(length / L, P);
  parallel_for(rows.parts, rows.size(0) * r_count * length / L, [&](int64_t task) {
    const int64_t m = rows.begin(task), whole = length / L * L;
    for (int64_t part = 0; part < vectors.parts; ++part) {
      const int64_t i = vectors.begin(part) * L;
      kernels[(rows.size(task) - 1) * P + vectors.size(part) - 1](r_count, a + m * a_m, a_m, a_r, b + i,
                                                                  out + m * length + i, length);
    }
    for (int64_t row = m; row < m + rows.size(task); ++row)
      for (int64_t i = whole; i < length; ++i) {
        float sum = 0;
        for (int64_t r = 0; r < r_count; ++r) sum += a[row * a_m + r * a_r] * b[r * length + i];
        out[row * length + i] = sum;
      }
  });
}

/// dx = dy · weight, dw = dyᵀ · x, db = Σ_n dy.
template <class Arch>
void linear_backward(const LinearGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db) {
  if (!dx.empty()) matrix_product<Arch>(g.n, g.o, g.i, dy.data(), g.o, 1, weight.data(), dx.data());
  if (!dw.empty()) matrix_product<Arch>(g.o, g.n, g.i, dy.data(), 1, g.o, x.data(), dw.data());
  if (db.empty()) return;
  const float* from = dy.data();
  float* to = db.data();
  for (int64_t o = 0; o < g.o; ++o) to[o] = 0;
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t o = 0; o < g.o; ++o) to[o] += from[n * g.o + o];
}

}  // namespace cnnlab::simd
