#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "lib/autograd/variable.hpp"
#include "lib/kernels/geometry.hpp"

namespace cnnlab {

/// A value that is not written out: other values joined along their channels, and perhaps normalised, and then
/// rectified. Whoever needs its numbers gets them by `value()`, which writes them; but a convolution reads its inputs
/// into a form of its own anyway, and does these small things on the way. So in a dense net, where each layer reads all
/// channels before it, these exist once, instead of three times more for every layer.
template <class T>
struct Pending {
  /// The statistics of a part's channels, the same for every layer that normalises them.
  struct Moments {
    BasicTensor<T> mean, variance;  // (C of the part)
  };
  struct Part {
    BasicVariable<T> x;  // (N, C of the part, H, W)
    std::shared_ptr<Moments> moments;
  };
  struct Norm {
    BasicVariable<T> weight, bias;  // (C)
    BasicTensor<T> mean, variance;  // (C): what it normalises by
    BatchNorm2dGeometry geometry;
  };

  Shape shape;  // (N, C, H, W)
  std::vector<Part> parts;
  std::optional<Norm> norm{};
  bool rectified = false;
  std::vector<Channel<T>> each{};  // (C): what kernels read

  Channels<T> channels() const { return {.each = each, .normalised = norm.has_value(), .rectified = rectified}; }
  /// What it was made of, as an op's inputs: the parts, then the norm's weight and bias.
  std::vector<BasicVariable<T>> inputs() const {
    std::vector<BasicVariable<T>> all;
    all.reserve(parts.size() + 2);
    for (const Part& part : parts) all.push_back(part.x);
    if (norm) all.insert(all.end(), {norm->weight, norm->bias});
    return all;
  }
};

}  // namespace cnnlab
