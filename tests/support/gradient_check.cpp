#include "tests/support/gradient_check.hpp"

#include "lib/ops/ops.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

namespace cnnlab::testing {
namespace {

constexpr double h = 1e-5;

}  // namespace

BasicTensor<double> normal(Shape shape, uint64_t seed) {
  Random random{seed};
  BasicTensor<double> tensor(shape);
  for (double& value : tensor.data()) value = random.normal();
  return tensor;
}

Double weighted_sum(const Double& y, const BasicTensor<double>& weights) {
  return linear(view(y, {1, -1}), Double(weights.reshape({1, -1})), Double());
}

std::string gradient_difference(const DoubleFunction& function, std::vector<BasicTensor<double>> inputs) {
  std::vector<Double> variables;
  for (const auto& input : inputs) variables.emplace_back(input, true);
  const Double y = function(variables);
  const BasicTensor<double> weights = normal(y.shape(), 99);
  weighted_sum(y, weights).backward();

  const auto loss = [&] {
    const NoGrad no_grad;
    return weighted_sum(function(variables), weights).item();
  };
  for (size_t i = 0; i < inputs.size(); ++i) {
    BasicTensor<double> numeric(inputs[i].shape());
    for (int64_t at = 0; at < inputs[i].numel(); ++at) {
      double& x = inputs[i].data()[at];  // shared with variables[i]
      const double before = x;
      x = before + h;
      const double above = loss();
      x = before - h;
      const double below = loss();
      x = before;
      numeric.data()[at] = (above - below) / (2 * h);
    }
    const std::string apart = difference(variables[i].grad(), numeric, {.absolute = 1e-7, .relative = 1e-7});
    if (!apart.empty()) return text("input ", i, ": ", apart);
  }
  return "";
}

}  // namespace cnnlab::testing
