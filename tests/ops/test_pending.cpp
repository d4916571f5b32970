#include <tuple>

#include <catch2/catch.hpp>
#include <xtensor/xmath.hpp>

#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lessons/training.hpp"
#include "lib/autograd/pending.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/ops/ops.hpp"
#include "lib/tensor/array.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"
#include "tests/support/gradient_check.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

using Inputs = std::vector<Double>;

Double normalise(const Double& x, const Double& weight, const Double& bias, bool training = true) {
  const auto zeros = BasicTensor<double>::zeros(weight.shape()), ones = BasicTensor<double>::full(weight.shape(), 1);
  return batch_norm2d(x, weight, bias, zeros, ones, {.training = training});
}

Variable normal_variable(Shape shape, uint64_t seed) {
  Tensor x(shape);
  Random random{seed};
  for (float& value : x.data()) value = static_cast<float>(random.normal());
  return Variable(x, true);
}

// What a training step leaves behind: the output, the gradients of all parameters, the running statistics.
std::vector<Tensor> trained(nn::Module& net, const Batch& batch) {
  optim::SGD optimizer(net.parameters(), {.lr = 0.05, .momentum = 0.9});
  std::vector<Tensor> all;
  for (int step = 0; step < 2; ++step) train_step(net, optimizer, batch);
  for (const auto& [name, parameter] : net.named_parameters()) all.push_back(parameter.grad().clone());
  for (const auto& [name, tensor] : net.state_dict()) all.push_back(tensor.clone());
  net.eval();
  all.push_back(predict(net, batch.images).clone());
  return all;
}

// Writes every value out, as a lesson's trace shows it, or as few as possible.
template <class Net>
std::vector<Tensor> trained_from_seed(typename Net::Options options, const Batch& batch, bool recorded) {
  default_random() = Random{7};
  Net net(options);
  std::optional<Tape> tape;
  if (recorded) tape.emplace();
  return trained(net, batch);
}

template <class Net>
void check_that_a_record_changes_nothing(typename Net::Options options) {
  for (const int64_t images : {3, 20}) {
    const Batch batch{.images = normal_variable({images, 3, 12, 12}, 1).value(),
                      .labels = std::vector<int32_t>(images, 3)};
    const auto recorded = trained_from_seed<Net>(options, batch, true);
    const auto fast = trained_from_seed<Net>(options, batch, false);
    REQUIRE(fast.size() == recorded.size());
    for (size_t i = 0; i < fast.size(); ++i) {
      INFO("batch " << images << ", tensor " << i);
      CHECK(difference(fast[i], recorded[i], {1e-4, 1e-4}) == "");
    }
  }
}

}  // namespace

TEST_CASE("what is joined or normalised is written out when someone asks for it, or records") {
  const Variable a = normal_variable({2, 3, 4, 4}, 1), b = normal_variable({2, 2, 4, 4}, 2);
  const auto run = [&] {
    const Variable weight = normal_variable({5}, 3), bias = normal_variable({5}, 4);
    return relu(batch_norm2d(cat({a, b}, 1), weight, bias, Tensor::zeros({5}), Tensor::full({5}, 1)));
  };
  const Variable waiting = run();
  REQUIRE(waiting.pending());
  CHECK(waiting.pending()->parts.size() == 2);
  CHECK(waiting.shape() == Shape{2, 5, 4, 4});
  const Tape tape;
  const Variable recorded = run();
  CHECK_FALSE(recorded.pending());
  CHECK(difference(waiting.value(), recorded.value(), {1e-6, 1e-6}) == "");
  CHECK_FALSE(waiting.pending());
}

TEST_CASE("a 1×1 convolution waits: of the mean of its inputs it makes the mean of what it would make") {
  const auto pool = Pool2dOptions{.kernel = 2};
  const Variable x = normal_variable({3, 5, 6, 7}, 1), kernels = normal_variable({4, 5, 1, 1}, 2),
                 bias = normal_variable({4}, 3);
  const auto gradients = [&] {
    const Variable y = avg_pool2d(conv2d(relu(x), kernels, bias), pool);
    nll_loss(log_softmax(flatten(y)), std::vector<int32_t>{5, 0, 2}).backward();
    std::vector<Tensor> all{y.value()};
    for (Variable input : {x, kernels, bias}) {
      all.push_back(input.grad().clone());
      input.clear_grad();
    }
    return all;
  };
  CHECK(avg_pool2d(conv2d(x, kernels, bias), pool).node()->op == "conv2d");
  const std::vector<Tensor> pooled_first = gradients();
  const Tape tape;
  CHECK(avg_pool2d(conv2d(x, kernels, bias), pool).node()->op == "avg_pool2d");
  const std::vector<Tensor> pooled_last = gradients();
  for (size_t i = 0; i < pooled_last.size(); ++i) {
    INFO("tensor " << i);
    CHECK(difference(pooled_first[i], pooled_last[i], {1e-5, 1e-6}) == "");
  }
}

TEST_CASE("a 1×1 convolution that waits keeps to the weights that it was given") {
  const Variable x = normal_variable({2, 3, 4, 4}, 1),
                 with_bias = GENERATE(true, false) ? normal_variable({2}, 3) : Variable();
  Variable kernels = normal_variable({2, 3, 1, 1}, 2);
  const auto options = GENERATE(Pool2dOptions{.kernel = 2}, Pool2dOptions{.kernel = 3, .stride = 2, .padding = 1},
                                Pool2dOptions{.kernel = 3, .stride = 1});
  const Tensor expected = conv2d(x, kernels, with_bias).value().clone();
  const Tensor pooled = avg_pool2d(Variable(expected), options).value();
  const Variable waiting = conv2d(x, kernels, with_bias), waiting_too = conv2d(x, kernels, with_bias);
  CHECK(waiting.pending());
  CHECK(difference(avg_pool2d(waiting, options).value(), pooled, {1e-5, 1e-6}) == "");
  for (float& weight : kernels.value().data()) weight = 100;  // as an optimizer does
  CHECK(difference(avg_pool2d(waiting, options).value(), pooled, {1e-5, 1e-6}) == "");
  CHECK(bit_difference(waiting_too.value(), expected) == "");
}

TEST_CASE("gradients go through 1×1 convolutions, whatever becomes of what they make") {
  const auto x = normal({2, 3, 4, 6}, 1), kernels = normal({3, 3, 1, 1}, 2), bias = normal({3}, 3);
  const auto net = [&](const Inputs& in) {
    const Double y = conv2d(in[0], in[1], in[2]), z = conv2d(y, in[1], Double());  // y is used more than once
    const Double normed = relu(normalise(conv2d(z, in[1], in[2]), in[2], in[2]));
    const Double pooled = avg_pool2d(conv2d(normed, in[1], in[2]), {.kernel = 2});
    return cat<double>({avg_pool2d(y, {.kernel = 2}), avg_pool2d(z, {.kernel = 2}), pooled}, 1);
  };
  CHECK(gradient_difference(net, {x, kernels, bias}) == "");
}

TEST_CASE("what is joined piece by piece is one row of pieces, and their statistics are found once") {
  const Variable a = normal_variable({2, 3, 4, 4}, 1), b = normal_variable({2, 2, 4, 4}, 2);
  const Variable two = cat({a, b}, 1), three = cat({two, a}, 1);
  REQUIRE(three.pending());
  REQUIRE(three.pending()->parts.size() == 3);
  CHECK(three.pending()->parts[0].moments == two.pending()->parts[0].moments);
  const Tensor& y = three.value();
  CHECK(bit_difference(y, cat({two.value(), a}, 1).value()) == "");
}

TEST_CASE("gradients reach what is joined and normalised by every way, however often it is used") {
  const auto a = normal({3, 2, 4, 5}, 1), b = normal({3, 3, 4, 5}, 2);
  const auto of_seven = normal({7}, 3), bias = normal({7}, 4), kernels = normal({2, 7, 3, 3}, 5);
  const bool training = GENERATE(true, false);
  const auto net = [&](const Inputs& in) {
    // a stands twice in what is joined; the joined value is used by two layers and by itself.
    const Double joined = cat<double>({in[0], in[1], in[0]}, 1);
    const Double normed = normalise(joined, in[2], in[3], training);
    const Double y = conv2d(relu(normed), in[4], Double(), {.padding = 1});
    const Double z = conv2d(normalise(joined, in[3], in[2], training), in[4], Double(), {.padding = 1});
    const Double all = cat<double>({y, joined, z, normed}, 1);
    return add(relu(all), all);
  };
  CHECK(gradient_difference(net, {a, b, of_seven, bias, kernels}) == "");
}

TEST_CASE("the gradient of a convolution of many normalised channels, made of some at a time, is the same") {
  // Planes so large that not all twelve channels go at once.
  std::vector<Variable> inputs{normal_variable({2, 4, 512, 500}, 1),
                               normal_variable({2, 8, 512, 500}, 2),
                               normal_variable({12}, 3),
                               normal_variable({12}, 4),
                               normal_variable({2, 12, 3, 3}, 5),
                               normal_variable({2}, 6)};
  const auto gradients = [&] {
    const auto& [a, b, weight, bias, kernels, kernel_bias] =
        std::tie(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]);
    const Variable x = relu(batch_norm2d(cat({a, b}, 1), weight, bias, Tensor::zeros({12}), Tensor::full({12}, 1)));
    const Variable y = conv2d(x, kernels, kernel_bias, {.padding = 1});
    nll_loss(log_softmax(flatten(global_avg_pool2d(y))), std::vector<int32_t>{0, 1}).backward();
    std::vector<Tensor> all;
    for (Variable& input : inputs) {
      Tensor& gradient = all.emplace_back(input.grad().clone());
      const float largest = xt::amax(xt::abs(as_array(gradient)))();
      REQUIRE(largest > 0);
      as_array(gradient) /= largest;  // the mean over a plane makes them small
      input.clear_grad();
    }
    return all;
  };
  const std::vector<Tensor> some_at_a_time = gradients();
  const Tape tape;  // now every value is written, and the ops are apart
  const std::vector<Tensor> apart = gradients();
  for (size_t i = 0; i < apart.size(); ++i) {
    INFO("input " << i);
    CHECK(difference(some_at_a_time[i], apart[i], {1e-4, 1e-4}) == "");
  }
}

TEST_CASE("a residual and a dense net compute the same with every value written out") {
  check_that_a_record_changes_nothing<residual::ResNet>({.in = 3, .depth = 8, .width = 8});
  check_that_a_record_changes_nothing<residual::ResNet>({.in = 3, .depth = 8, .width = 9, .projection = true});
  check_that_a_record_changes_nothing<dense::DenseNet>({.in = 3, .depth = 13, .growth_rate = 5});
  check_that_a_record_changes_nothing<dense::DenseNet>(
      {.in = 3, .depth = 16, .growth_rate = 4, .bottleneck = true, .compression = 50});
}
