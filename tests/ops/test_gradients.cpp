#include <cmath>

#include <catch2/catch.hpp>

#include "lib/ops/ops.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/gradient_check.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

using Inputs = std::vector<Double>;

// Numbers of which any two are further apart than any step of the check, and all further from zero: no kink is near.
BasicTensor<double> apart(Shape shape, uint64_t seed) {
  BasicTensor<double> tensor = normal(shape, seed);
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    double& x = tensor.data()[i];
    x = std::round(x * 1000) / 1000 + 0.0005 * static_cast<double>(i + 1) / static_cast<double>(tensor.numel() + 1);
  }
  return tensor;
}

}  // namespace

TEST_CASE("conv2d's gradients agree with central differences") {
  const auto [kernel, stride, padding] =
      GENERATE(table<int64_t, int64_t, int64_t>({{1, 1, 0}, {3, 1, 1}, {5, 1, 2}, {3, 2, 0}, {4, 3, 2}, {3, 1, 3}}));
  INFO("kernel " << kernel << ", stride " << stride << ", padding " << padding);
  const Conv2dOptions options{.stride = stride, .padding = padding};
  const auto x = normal({2, 3, 6, 5}, 1), weight = normal({2, 3, kernel, kernel}, 2), bias = normal({2}, 3);
  CHECK(gradient_difference([&](const Inputs& in) { return conv2d(in[0], in[1], in[2], options); },
                            {x, weight, bias}) == "");
  CHECK(gradient_difference([&](const Inputs& in) { return conv2d(in[0], in[1], Double(), options); }, {x, weight}) ==
        "");
}

TEST_CASE("the poolings' gradients agree with central differences") {
  const auto [kernel, stride, padding] =
      GENERATE(table<int64_t, int64_t, int64_t>({{2, 2, 0}, {3, 1, 1}, {3, 2, 1}, {4, 3, 2}, {2, 3, 0}}));
  INFO("kernel " << kernel << ", stride " << stride << ", padding " << padding);
  const Pool2dOptions options{.kernel = kernel, .stride = stride, .padding = padding};
  const auto x = apart({2, 2, 7, 6}, 4);
  CHECK(gradient_difference([&](const Inputs& in) { return max_pool2d(in[0], options); }, {x}) == "");
  CHECK(gradient_difference([&](const Inputs& in) { return avg_pool2d(in[0], options); }, {x}) == "");
}

TEST_CASE("batch_norm2d's gradients agree with central differences, in training and with fixed statistics") {
  const bool training = GENERATE(true, false);
  INFO("training " << training);
  const auto mean = normal({3}, 1), variance = BasicTensor<double>({3}, std::vector<double>{0.5, 1, 2});
  const auto normalise = [&](const Inputs& in) {
    return batch_norm2d(in[0], in[1], in[2], mean.clone(), variance.clone(), {.training = training});
  };
  CHECK(gradient_difference(normalise, {normal({3, 3, 2, 4}, 2), normal({3}, 3), normal({3}, 4)}) == "");
}

TEST_CASE("the gradients of a residual net's ops agree with central differences") {
  CHECK(gradient_difference([](const Inputs& in) { return global_avg_pool2d(in[0]); }, {normal({2, 3, 3, 4}, 1)}) ==
        "");
  const auto [channels, stride] = GENERATE(table<int64_t, int64_t>({{3, 1}, {6, 2}, {8, 3}}));
  INFO("channels " << channels << ", stride " << stride);
  const ShortcutOptions options{.channels = channels, .stride = stride};
  CHECK(gradient_difference([&](const Inputs& in) { return zero_pad_shortcut(in[0], options); },
                            {normal({2, 3, 5, 4}, 2)}) == "");
}

TEST_CASE("dropout's gradient passes the mask that the numbers met") {
  const auto drop = [](const Inputs& in) {
    manual_seed(3);  // the same mask each time
    return dropout(in[0], {.p = 0.4});
  };
  CHECK(gradient_difference(drop, {normal({3, 2, 4, 4}, 1)}) == "");
}

TEST_CASE("the other ops' gradients agree with central differences") {
  CHECK(gradient_difference([](const Inputs& in) { return relu(in[0]); }, {apart({3, 2, 4}, 5)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return linear(in[0], in[1], in[2]); },
                            {normal({4, 5}, 6), normal({3, 5}, 7), normal({3}, 8)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return linear(in[0], in[1], Double()); },
                            {normal({4, 5}, 6), normal({3, 5}, 7)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return add(in[0], in[1]); },
                            {normal({2, 3}, 9), normal({2, 3}, 10)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return view(in[0], {4, -1}); }, {normal({2, 3, 2}, 11)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return flatten(in[0]); }, {normal({2, 3, 2}, 12)}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return log_softmax(in[0]); }, {normal({4, 6}, 13)}) == "");
  CHECK(gradient_difference(
            [](const Inputs& in) {
              return nll_loss(in[0], {2, 0, 2, 1});
            },
            {normal({4, 3}, 14)}) == "");
  for (int axis = -4; axis < 4; ++axis) {
    INFO("cat along axis " << axis);
    const Shape shape{2, 3, 2, 2}, other = shape.with(axis, 4);
    CHECK(gradient_difference([&](const Inputs& in) { return cat(in, axis); },
                              {normal(shape, 15), normal(other, 16), normal(shape, 17)}) == "");
  }
}

TEST_CASE("gradients of a value that is used several times are added up") {
  const auto x = normal({2, 3, 4, 4}, 20), weight = normal({3, 3, 3, 3}, 21);
  // As in a residual block, with the same weight in both layers.
  CHECK(gradient_difference(
            [](const Inputs& in) {
              const Double y = conv2d(in[0], in[1], Double(), {.padding = 1});
              return add(conv2d(y, in[1], Double(), {.padding = 1}), in[0]);
            },
            {x, weight}) == "");
  CHECK(gradient_difference([](const Inputs& in) { return add(in[0], in[0]); }, {x}) == "");
  // As in an Inception or a dense block: parts of a join that overlap.
  CHECK(gradient_difference(
            [](const Inputs& in) {
              const Double y = conv2d(in[0], in[1], Double(), {.padding = 1});
              const Double joined = cat<double>({in[0], y, y, in[0]}, 1);
              return add(cat<double>({joined, joined}, 2), cat<double>({joined, joined}, 2));
            },
            {x, weight}) == "");
}

TEST_CASE("gradients pass through a whole network and through a deep chain") {
  CHECK(gradient_difference(
            [](const Inputs& in) {
              Double x = conv2d(in[0], in[1], in[2], {.padding = 1});
              x = avg_pool2d(x, {.kernel = 2});
              x = log_softmax(linear(flatten(x), in[3], in[4]));
              return nll_loss(x, {1, 4});
            },
            {normal({2, 1, 6, 6}, 30), normal({4, 1, 3, 3}, 31), normal({4}, 32), normal({5, 36}, 33),
             normal({5}, 34)}) == "");
  CHECK(gradient_difference(
            [](const Inputs& in) {
              Double x = in[0];
              for (int i = 0; i < 200; ++i) x = add(linear(x, in[1], Double()), in[0]);
              return x;
            },
            {normal({1, 2}, 35), BasicTensor<double>({2, 2}, std::vector<double>{0.5, -0.3, 0.2, 0.6})}) == "");
}
