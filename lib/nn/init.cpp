#include "lib/nn/init.hpp"

#include <cmath>

#include "lib/tensor/random.hpp"

namespace cnnlab::nn::init {
namespace {

Tensor uniform(const Shape& shape, double bound) {
  Tensor tensor(shape);
  for (float& value : tensor.data()) value = static_cast<float>(default_random().uniform(-bound, bound));
  return tensor;
}

}  // namespace

Tensor kaiming_uniform(const Shape& shape) {
  const double a = std::sqrt(5.0), fan_in = static_cast<double>(shape.numel() / shape[0]);
  return uniform(shape, std::sqrt(6.0 / ((1 + a * a) * fan_in)));
}

Tensor kaiming_normal(const Shape& shape) {
  const double fan_out = static_cast<double>(shape.numel() / shape[1]), deviation = std::sqrt(2 / fan_out);
  Tensor tensor(shape);
  for (float& value : tensor.data()) value = static_cast<float>(deviation * default_random().normal());
  return tensor;
}

Tensor bias_uniform(int64_t outputs, int64_t fan_in) {
  return uniform({outputs}, 1 / std::sqrt(static_cast<double>(fan_in)));
}

}  // namespace cnnlab::nn::init
