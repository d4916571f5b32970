#pragma once
#include <cstdint>

namespace cnnlab::one_by_one {

// What a convolution costs. Biases are left out, as in the papers.
struct Cost {
  int64_t weights;
  int64_t multiplications;  // for one image
};

// A K×K convolution from `in` to `out` channels on maps of side×side, padded so that they keep their size. Every weight
// is used once at every pixel, so multiplications = weights · pixels.
constexpr Cost conv_cost(int64_t kernel, int64_t in, int64_t out, int64_t side) {
  const int64_t weights = kernel * kernel * in * out;
  return {weights, weights * side * side};
}

// The same by a detour: first a 1×1 convolution to `width` channels, then the K×K from there (Szegedy et al. 2015,
// figure 2b).
constexpr Cost bottleneck_cost(int64_t kernel, int64_t in, int64_t width, int64_t out, int64_t side) {
  const Cost narrow = conv_cost(1, in, width, side);
  const Cost wide = conv_cost(kernel, width, out, side);
  return {narrow.weights + wide.weights, narrow.multiplications + wide.multiplications};
}

// The largest `width` at which the detour is still cheaper than the direct way: the detour's cost grows in proportion
// to the width.
constexpr int64_t widest_bottleneck(int64_t kernel, int64_t in, int64_t out) {
  return (conv_cost(kernel, in, out, 1).weights - 1) / bottleneck_cost(kernel, in, 1, out, 1).weights;
}

}  // namespace cnnlab::one_by_one
