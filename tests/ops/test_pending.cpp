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
