#include "lib/nn/layers.hpp"

#include "lib/backend.hpp"

// Every layer passes Scope::site() on: the line of the lesson that called the layer is what the tape should name.
namespace cnnlab::nn {

Conv2d::Conv2d(Options options) : options_{.stride = options.stride, .padding = options.padding} {
  check(options.in >= 1 && options.out >= 1 && options.kernel >= 1, "Conv2d: in ", options.in, ", out ", options.out,
        " and kernel ", options.kernel, " must be at least 1");
  const Shape shape{options.out, options.in, options.kernel, options.kernel};
  weight = parameter("weight", options.init(shape));
  if (options.bias)
    bias = parameter("bias", init::bias_uniform(options.out, options.in * options.kernel * options.kernel));
}

Variable Conv2d::forward(Variable x) { return conv2d(x, weight, bias, options_, Scope::site()); }

BatchNorm2d::BatchNorm2d(int64_t channels, Options options) : options_(options) {
  check(channels >= 1, "BatchNorm2d: channels ", channels, " must be at least 1");
  weight = parameter("weight", Tensor::full({channels}, 1));
  bias = parameter("bias", Tensor::zeros({channels}));
  running_mean = buffer("running_mean", Tensor::zeros({channels}));
  running_var = buffer("running_var", Tensor::full({channels}, 1));
  num_batches_tracked = counter("num_batches_tracked");
}

Variable BatchNorm2d::forward(Variable x) {
  const Variable y =
      batch_norm2d(x, weight, bias, running_mean, running_var,
                   {.momentum = options_.momentum, .eps = options_.eps, .training = training()}, Scope::site());
  if (training()) backend<float>(num_batches_tracked.device()).count(num_batches_tracked.raw());
  return y;
}

Linear::Linear(Options options) {
  check(options.in >= 1 && options.out >= 1, "Linear: in ", options.in, " and out ", options.out,
        " must be at least 1");
  weight = parameter("weight", init::kaiming_uniform({options.out, options.in}));
  if (options.bias) bias = parameter("bias", init::bias_uniform(options.out, options.in));
}

Variable Linear::forward(Variable x) { return linear(x, weight, bias, Scope::site()); }

Variable ReLU::forward(Variable x) { return relu(x, Scope::site()); }

Dropout::Dropout(double p) : p_(p) { check(p >= 0 && p <= 1, "Dropout: p must be between 0 and 1, got ", p); }

Variable Dropout::forward(Variable x) { return dropout(x, {.p = p_, .training = training()}, Scope::site()); }

Variable MaxPool2d::forward(Variable x) { return max_pool2d(x, options_, Scope::site()); }

Variable AvgPool2d::forward(Variable x) { return avg_pool2d(x, options_, Scope::site()); }

Variable Flatten::forward(Variable x) { return flatten(x, Scope::site()); }

Variable Sequential::forward(Variable x) {
  for (const auto& step : steps_) x = (*step)(x, Scope::site());
  return x;
}

}  // namespace cnnlab::nn
