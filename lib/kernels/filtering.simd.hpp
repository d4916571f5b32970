#pragma once
#include <cstdint>

// Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016): two
// neighbouring outputs of a convolution in one dimension, with fewer multiplications than 2·K. Inputs and weights are
// each transformed by additions, multiplied place by place, and the products are added to the outputs.
namespace cnnlab::simd {

/// How that is done for kernels of K numbers. All functions take T, a number or a vector, and are linear. The two named
/// backward, for the gradient of the weights, are the transposes of the two before them.
template <int K>
struct Filtering;

/// Two outputs of three weights on four inputs, by 4 multiplications instead of 6:
///   y0 = m0 + m1 + m2      m0 = (d0 − d2)·g0      m1 = (d1 + d2)·(g0 + g1 + g2)/2
///   y1 = m1 − m2 + m3      m3 = (d3 − d1)·g2      m2 = (d2 − d1)·(g0 − g1 + g2)/2
template <>
struct Filtering<3> {
  static constexpr int places = 4;

  template <class T>
  static void inputs(const T* d, T* to) {
    to[0] = d[0] - d[2];
    to[1] = d[1] + d[2];
    to[2] = d[2] - d[1];
    to[3] = d[3] - d[1];
  }
  template <class T>
  static void weights(const T* g, T* to) {
    const T ends = T(0.5f) * (g[0] + g[2]), middle = T(0.5f) * g[1];
    to[0] = g[0];
    to[1] = ends + middle;
    to[2] = ends - middle;
    to[3] = g[2];
  }
  template <class T>
  static void outputs(const T* m, T* y) {
    y[0] = m[0] + (m[1] + m[2]);
    y[1] = m[3] + (m[1] - m[2]);
  }
  template <class T>
  static void outputs_backward(const T* y, T* to) {
    to[0] = y[0];
    to[1] = y[0] + y[1];
    to[2] = y[0] - y[1];
    to[3] = y[1];
  }
  template <class T>
  static void weights_backward(const T* u, T* g) {
    const T half = T(0.5f) * (u[1] + u[2]);
    g[0] = u[0] + half;
    g[1] = T(0.5f) * (u[1] - u[2]);
    g[2] = half + u[3];
  }
};

/// Five weights are three and two more, the latter by 3 multiplications instead of 4:
///   y0 = … + m4 + m5       m4 = (d3 − d4)·g3      m5 = d4·(g3 + g4)
///   y1 = … + m5 + m6       m6 = (d5 − d4)·g4
/// (Directly, six multiplications would do, but with factors that cost some digits.)
template <>
struct Filtering<5> {
  static constexpr int places = 7;

  template <class T>
  static void inputs(const T* d, T* to) {
    Filtering<3>::inputs(d, to);
    to[4] = d[3] - d[4];
    to[5] = d[4];
    to[6] = d[5] - d[4];
  }
  template <class T>
  static void weights(const T* g, T* to) {
    Filtering<3>::weights(g, to);
    to[4] = g[3];
    to[5] = g[3] + g[4];
    to[6] = g[4];
  }
  template <class T>
  static void outputs(const T* m, T* y) {
    Filtering<3>::outputs(m, y);
    y[0] = y[0] + (m[4] + m[5]);
    y[1] = y[1] + (m[5] + m[6]);
  }
};

/// The places of a tile in two dimensions.
template <int K>
inline constexpr int64_t tile_places = Filtering<K>::places* Filtering<K>::places;

}  // namespace cnnlab::simd
