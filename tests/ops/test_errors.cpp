#include <catch2/catch.hpp>

#include "lib/ops/ops.hpp"

using namespace cnnlab;

namespace {

Variable of(Shape shape) { return Tensor::zeros(shape); }
const Variable none;

}  // namespace

TEST_CASE("conv2d says what does not fit") {
  const Variable x = of({8, 3, 32, 32}), w = of({16, 3, 3, 3});
  CHECK_THROWS_WITH(conv2d(of({3, 32, 32}), w, none), "conv2d: input must be (N, C, H, W), got (3, 32, 32)");
  CHECK_THROWS_WITH(conv2d(x, of({16, 3}), none), "conv2d: weight must be (O, C, K, K), got (16, 3)");
  CHECK_THROWS_WITH(conv2d(x, of({16, 3, 3, 5}), none), "conv2d: weight must be (O, C, K, K), got (16, 3, 3, 5)");
  CHECK_THROWS_WITH(
      conv2d(x, of({16, 4, 3, 3}), none),
      "conv2d: input has 3 channels but the weight expects 4: input (8, 3, 32, 32), weight (16, 4, 3, 3)");
  CHECK_THROWS_WITH(conv2d(x, w, none, {.stride = 0}), "conv2d: stride must be at least 1, got 0");
  CHECK_THROWS_WITH(conv2d(x, w, none, {.padding = -1}), "conv2d: padding must be at least 0, got -1");
  CHECK_THROWS_WITH(conv2d(of({1, 3, 4, 2}), of({1, 3, 5, 5}), none, {.padding = 1}),
                    "conv2d: the 5x5 kernel does not fit the input with padding 1: input (1, 3, 4, 2), "
                    "weight (1, 3, 5, 5)");
  CHECK_THROWS_WITH(conv2d(x, w, of({3})),
                    "conv2d: bias must have one value for each of the 16 output channels: bias (3,), "
                    "weight (16, 3, 3, 3)");
}

TEST_CASE("batch_norm2d says what does not fit") {
  const Variable x = of({8, 3, 4, 4}), w = of({3});
  const Tensor running = Tensor::zeros({3});
  const auto with = [&](const Variable& input, BatchNorm2dOptions options) {
    return batch_norm2d(input, w, w, running, running, options);
  };
  CHECK_THROWS_WITH(with(of({8, 3}), {}), "batch_norm2d: input must be (N, C, H, W), got (8, 3)");
  CHECK_THROWS_WITH(with(x, {.momentum = 1.5}), "batch_norm2d: momentum must be between 0 and 1, got 1.5");
  CHECK_THROWS_WITH(with(x, {.eps = 0}), "batch_norm2d: eps must be above 0, got 0");
  CHECK_THROWS_WITH(with(of({1, 3, 1, 1}), {}),
                    "batch_norm2d: training needs more than one number in each channel, got input (1, 3, 1, 1)");
  CHECK_NOTHROW(with(of({1, 3, 1, 1}), {.training = false}));
  const Variable four = of({4});
  CHECK_THROWS_WITH(batch_norm2d(x, four, w, running, running),
                    "batch_norm2d: weight must have one value for each of the 3 channels: weight (4,), input (8, 3, 4, "
                    "4)");
  CHECK_THROWS_WITH(batch_norm2d(x, w, four, running, running), Catch::StartsWith("batch_norm2d: bias must have one"));
  CHECK_THROWS_WITH(batch_norm2d(x, w, w, four.value(), running),
                    Catch::StartsWith("batch_norm2d: running_mean must have one"));
  CHECK_THROWS_WITH(batch_norm2d(x, w, w, running, four.value()),
                    Catch::StartsWith("batch_norm2d: running_var must have one"));
}

TEST_CASE("the ops of residual nets say what does not fit") {
  CHECK_THROWS_WITH(global_avg_pool2d(of({2, 3})),
                    "global_avg_pool2d: input must be (N, C, H, W) with H and W at least 1, got (2, 3)");
  CHECK_THROWS_WITH(global_avg_pool2d(of({2, 3, 0, 4})),
                    "global_avg_pool2d: input must be (N, C, H, W) with H and W at least 1, got (2, 3, 0, 4)");
  CHECK_THROWS_WITH(zero_pad_shortcut(of({2, 3}), {.channels = 3}),
                    "zero_pad_shortcut: input must be (N, C, H, W) with H and W at least 1, got (2, 3)");
  const Variable x = of({2, 16, 8, 8});
  CHECK_THROWS_WITH(zero_pad_shortcut(x, {.channels = 32, .stride = 0}),
                    "zero_pad_shortcut: stride must be at least 1, got 0");
  CHECK_THROWS_WITH(zero_pad_shortcut(x, {.channels = 8}),
                    "zero_pad_shortcut: cannot make 8 channels of the 16 of input (2, 16, 8, 8): it only adds some");
  CHECK_THROWS_WITH(dropout(x, {.p = 1.5}), "dropout: p must be between 0 and 1, got 1.5");
  CHECK_THROWS_WITH(dropout(x, {.p = -0.1, .training = false}), "dropout: p must be between 0 and 1, got -0.1");
}

TEST_CASE("the poolings say what does not fit") {
  const Variable x = of({1, 2, 5, 3});
  CHECK_THROWS_WITH(max_pool2d(of({2, 5}), {}), "max_pool2d: input must be (N, C, H, W), got (2, 5)");
  CHECK_THROWS_WITH(avg_pool2d(of({2, 5}), {}), "avg_pool2d: input must be (N, C, H, W), got (2, 5)");
  CHECK_THROWS_WITH(max_pool2d(x, {.kernel = 0}), "max_pool2d: kernel must be at least 1, got 0");
  CHECK_THROWS_WITH(max_pool2d(x, {.stride = -1}),
                    "max_pool2d: stride must be at least 1 (0: the kernel's size), got -1");
  CHECK_THROWS_WITH(avg_pool2d(x, {.kernel = 3, .padding = 2}),
                    "avg_pool2d: padding must be between 0 and half of kernel 3, got 2");
  CHECK_THROWS_WITH(avg_pool2d(x, {.kernel = 3, .padding = -1}),
                    "avg_pool2d: padding must be between 0 and half of kernel 3, got -1");
  CHECK_THROWS_WITH(max_pool2d(x, {.kernel = 4}),
                    "max_pool2d: the 4x4 window does not fit the input with padding 0: input (1, 2, 5, 3)");
}

TEST_CASE("linear says what does not fit, and where a flattened size comes from") {
  CHECK_THROWS_WITH(linear(of({5}), of({2, 5}), none), "linear: input must be (N, features), got (5,)");
  CHECK_THROWS_WITH(linear(of({1, 2, 5}), of({2, 5}), none),
                    "linear: input must be (N, features), got (1, 2, 5); flatten it first");
  CHECK_THROWS_WITH(linear(of({1, 5}), of({5}), none), "linear: weight must be (out, in), got (5,)");
  CHECK_THROWS_WITH(linear(of({1, 5}), of({2, 4}), none),
                    "linear: input has 5 features but the weight expects 4: input (1, 5), weight (2, 4)");
  CHECK_THROWS_WITH(linear(of({1, 5}), of({2, 5}), of({5})),
                    "linear: bias must have one value for each of the 2 outputs: bias (5,), weight (2, 5)");

  const Variable image(Tensor::zeros({64, 88, 4, 4}), true);
  const std::string expected =
      "linear: input has 1408 features (88 channels of 4x4, flattened from (64, 88, 4, 4)) but the weight expects "
      "1000: input (64, 1408), weight (10, 1000)";
  CHECK_THROWS_WITH(linear(flatten(image), of({10, 1000}), none), expected);
  CHECK_THROWS_WITH(linear(view(image, {64, -1}), of({10, 1000}), none), expected);
}

TEST_CASE("the other ops say what does not fit") {
  CHECK_THROWS_WITH(add(of({2, 3}), of({3, 2})), "add: the shapes must be equal: (2, 3) and (3, 2)");
  CHECK_THROWS_WITH(cat({}, 0), "cat: there is nothing to join");
  CHECK_THROWS_WITH(cat({of({2, 3}), of({2, 3})}, 2), "shape: (2, 3) has no dimension 2");
  CHECK_THROWS_WITH(cat({of({2, 3, 4}), of({2, 5, 4}), of({2, 3, 5})}, 1),
                    "cat: all sizes but that of axis 1 must be equal: part 0 is (2, 3, 4), part 2 is (2, 3, 5)");
  CHECK_THROWS_WITH(cat({of({2, 3}), of({2, 3, 1})}, 1),
                    "cat: all sizes but that of axis 1 must be equal: part 0 is (2, 3), part 1 is (2, 3, 1)");
  CHECK_THROWS_WITH(flatten(of({})), "flatten: input must be (N, …), got ()");
  CHECK_THROWS_WITH(view(of({2, 3}), {4, 2}), "reshape: shape (2, 3) holds 6 numbers, shape (4, 2) would hold 8");
  CHECK_THROWS_WITH(log_softmax(of({3})), "log_softmax: input must be (N, classes), got (3,)");
  CHECK_THROWS_WITH(nll_loss(of({3}), {1}), "nll_loss: input must be (N, classes) with N at least 1, got (3,)");
  CHECK_THROWS_WITH(nll_loss(of({0, 3}), {}), "nll_loss: input must be (N, classes) with N at least 1, got (0, 3)");
  CHECK_THROWS_WITH(nll_loss(of({2, 3}), {1}), "nll_loss: input (2, 3) has 2 rows but there are 1 labels");
  CHECK_THROWS_WITH(nll_loss(of({2, 3}), {1, 3}), "nll_loss: label 3 at position 1 is not in 0…2");
  CHECK_THROWS_WITH(nll_loss(of({2, 3}), {-1, 0}), "nll_loss: label -1 at position 0 is not in 0…2");
  CHECK_THROWS_WITH(relu(none), "variable: it was never given a value");
}
