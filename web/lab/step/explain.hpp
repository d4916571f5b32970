#pragma once
#include <optional>
#include <string>
#include <vector>

#include "web/lab/step/trace.hpp"

namespace cnnlab {

/// How one number of an op's output came about.
struct Explanation {
  /// A part of the sum: x · w, or x alone where there is no weight. Or one of the numbers among which one was chosen.
  struct Term {
    size_t input;     ///< which of what goes into the step x is from
    int64_t element;  ///< where in it
    float x;
    std::optional<float> w;
    double product() const { return static_cast<double>(x) * (w ? static_cast<double>(*w) : 1.0); }
  };
  enum class Kind { sum, mean, largest, copy, positive, log_softmax, negative };

  Kind kind = Kind::copy;
  float value = 0;            ///< the number itself
  std::vector<Term> terms{};  ///< in the order of the input; those of the padding are left out
  std::optional<float> bias{};
  int64_t divisor = 1;  ///< of a mean: all cells of the window, those of the padding too
  size_t winner = 0;    ///< of `largest` and `positive`: which term became the number
  double log_sum = 0;   ///< of log_softmax: log Σ exp(x), which is taken off

  /// The window in the input, in its rows and columns; parts of it may lie on the padding. Channels from … to.
  struct Region {
    int64_t top, left, size, first_channel, channels;
  };
  std::optional<Region> window{};
  /// The window's numbers, what they are multiplied with, and the products: all (1, C, K, K), or (1, I) of a linear
  /// layer. Cells of the padding hold 0.
  std::optional<Tensor> patch{}, kernel{}, products{};

  /// What the terms and the bias make: equal to `value` but for rounding.
  double result() const;
};

/// Explains a number that the current step shows: of an op's output, of a gradient, or a parameter's new value. Nothing
/// for an op that is not known here, and for what is not there.
std::optional<Explanation> explain(const Trace& trace, const Trace::Pick& pick);
/// The same for a number that is there, of a step of the backward pass.
std::optional<Explanation> explain_gradient(const Trace& trace, const Trace::Pick& pick);

/// The axis along which parts were joined: the only one on which the whole is longer than the first part.
int joined_axis(const Shape& whole, const Shape& part);

/// An element's place in a tensor: {n, c, y, x}.
std::vector<int64_t> position(const Shape& shape, int64_t element);
/// As one would index it: "[0, 3, 11, 7]".
std::string position_text(const Shape& shape, int64_t element);

}  // namespace cnnlab
