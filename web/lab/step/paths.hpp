#pragma once
#include <string>
#include <vector>

#include "web/lab/step/trace.hpp"

namespace cnnlab {

/// One of several ways by which a gradient came back to a value that several ops used. They add up to its gradient.
struct Path {
  std::string name;  ///< of the op that used the value
  int step;          ///< the step in which its gradient came
  Tensor gradient;
  double norm;
  double share;  ///< of the sum: its part that points along the sum, over the sum's length. All shares add up to 1.
};

/// The ways by which the gradient of a value came, in the order in which they came. Only those of the whole run.
std::vector<Path> paths_to(const Trace& trace, const Variable& value);
/// The value whose gradient a step goes out from: backward the op's output, in the update the parameter.
const Variable& differentiated(const Trace& trace, const Trace::Step& step);

/// The Euclidean length of a tensor taken as one vector.
double norm(const Tensor& tensor);

}  // namespace cnnlab
