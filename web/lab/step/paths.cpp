#include "web/lab/step/paths.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cnnlab {
namespace {

double dot(const Tensor& a, const Tensor& b) {
  return std::inner_product(a.data().begin(), a.data().end(), b.data().begin(), 0.0, std::plus<>(),
                            [](float x, float y) { return static_cast<double>(x) * static_cast<double>(y); });
}

}  // namespace

double norm(const Tensor& tensor) { return std::sqrt(dot(tensor, tensor)); }

std::vector<Path> paths_to(const Trace& trace, const Variable& value) {
  std::vector<Path> paths;
  if (!value.has_grad()) return paths;
  const double whole = dot(value.grad(), value.grad());
  for (int i = 0; i < trace.length(); ++i) {
    const Trace::Step& step = trace.steps()[static_cast<size_t>(i)];
    if (step.phase != Trace::Phase::backward) continue;
    const Node<float>& node = trace.node(step);
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      if (!(node.inputs[k] == value)) continue;
      const Tensor& part = node.input_grads[k];
      paths.push_back({step.name, i, part, norm(part), whole > 0 ? dot(part, value.grad()) / whole : 0});
    }
  }
  return paths;
}

const Variable& differentiated(const Trace& trace, const Trace::Step& step) {
  return step.phase == Trace::Phase::update ? trace.updates()[step.record].parameter
                                            : trace.records()[step.record].output;
}

}  // namespace cnnlab
