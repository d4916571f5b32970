#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lib/autograd/variable.hpp"
#include "lib/kernels/geometry.hpp"

namespace cnnlab {

/// A value that is not written out: other values joined along their channels, and perhaps normalised, and then
/// rectified. Whoever needs its numbers gets them by `value()`, which writes them; but a convolution reads its inputs
/// into a form of its own anyway, and does these small things on the way. So in a dense net, where each layer reads all
/// channels before it, these exist once, instead of three times more for every layer.
///
/// A 1×1 convolution of stride 1 waits, too, until it is known what its result is for: a pooling that averages may then
/// come first, and leave it fewer pixels to work on.
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
  struct Projection {
    BasicVariable<T> x, weight, bias;         // what the convolution was given
    BasicTensor<T> weight_then, bias_then{};  // as they were: whoever corrects weights does not look who still waits

    bool weights_unchanged() const;
  };

  Shape shape;  // (N, C, H, W)
  std::vector<Part> parts{};
  std::optional<Norm> norm{};
  bool rectified = false;
  std::optional<Projection> projection{};  // then it is that, and nothing of the other things
  std::vector<Channel<T>> each{};          // (C): what kernels read

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

/// x's channels as they lie, if they were not written out; else null, and x has a value.
template <class T>
std::shared_ptr<const Pending<T>> waiting_channels(const BasicVariable<T>& x) {
  if (x.pending() && x.pending()->projection) x.value();
  return x.pending();
}

/// The convolution of x, whether it was written out or not.
template <class T>
BasicTensor<T> convolved(const Conv2dGeometry& g, const BasicVariable<T>& x, const BasicTensor<T>& weight,
                         std::span<const T> bias);

}  // namespace cnnlab
