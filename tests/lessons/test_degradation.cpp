#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/04_degradation/model.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/data/loader.hpp"
#include "lib/tensor/random.hpp"
#include "tests/lessons/facts.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::degradation;
using namespace cnnlab::testing;

namespace {

double norm(const Tensor& tensor) {
  double sum = 0;
  for (const float g : tensor.data()) sum += static_cast<double>(g) * g;
  return std::sqrt(sum);
}

// How many times larger the last convolution's gradient is than the first's, before any training.
double last_to_first(int64_t depth, bool batch_norm) {
  static const Dataset data = digits();
  const Batch batch = Loader(data, {.batch_size = 16, .shuffle = false}).batch(0, 0);
  manual_seed(1);
  PlainNet net({.in = 1, .depth = depth, .width = 8, .batch_norm = batch_norm});
  nll_loss(net(batch.images), batch.labels).backward();
  double last = 0;
  for (const auto& [name, parameter] : net.named_parameters())
    if (name.ends_with("conv.weight")) last = norm(parameter.grad());
  return last / norm(net.first.conv.weight.grad());
}

}  // namespace

TEST_CASE("a plain net's stages halve the maps and double the channels") {
  for (const bool batch_norm : {true, false}) {
    PlainNet net({.in = 1, .depth = 14, .width = 4, .batch_norm = batch_norm});
    const Tape tape;
    net(Tensor::zeros({2, 1, 28, 28}));
    std::vector<Shape> found, expected{{2, 4, 28, 28}};
    for (const auto& [node, output] : tape.records())
      if (node->op == "conv2d") found.push_back(output.shape());
    for (const Shape& shape : {Shape{2, 4, 28, 28}, Shape{2, 8, 14, 14}, Shape{2, 16, 7, 7}})
      expected.insert(expected.end(), 4, shape);
    CHECK(found == expected);
  }
}

TEST_CASE("without BatchNorm gradients vanish: by decades with 20 layers, by twenty decades with 56") {
  const double decades20 = std::log10(last_to_first(20, false)), decades56 = std::log10(last_to_first(56, false));
  CHECK(decades20 > 2);  // a hundred times smaller
  // Each further layer divides by about √6: 36 of them by 10^14.
  CHECK(decades56 - decades20 == Approx(36 * std::log10(std::sqrt(6.0))).epsilon(0.15));
}

TEST_CASE("with BatchNorm gradients do not vanish, they grow towards the first layer, the more the deeper the net") {
  const double growth20 = 1 / last_to_first(20, true), growth56 = 1 / last_to_first(56, true);
  CHECK(growth20 > 3);
  CHECK(growth56 > 10 * growth20);
}

TEST_CASE("without BatchNorm a deep untrained net gives every picture the same answer") {
  auto fact = facts("degradation");
  CHECK(fact.at("apart8") > 1e-4);
  CHECK(fact.at("apart56") == 0);
  CHECK(fact.at("apart56_normalised") > 0.1);
}

TEST_CASE("a convolution's size does not matter to the BatchNorm behind it, and a larger one turns less") {
  static const Dataset data = digits();
  const Batch batch = Loader(data, {.batch_size = 8, .shuffle = false}).batch(0, 0);
  PlainNet net({.in = 1, .depth = 8, .width = 4});
  const auto run = [&] {
    net.zero_grad();
    const Variable output = net(batch.images);
    nll_loss(output, batch.labels).backward();
    return std::pair{output.value().clone(), net.first.conv.weight.grad().clone()};
  };
  const auto [answers, gradient] = run();
  for (float& weight : net.first.conv.weight.value().data()) weight *= 2;
  const auto [same, half] = run();
  CHECK(difference(same, answers, {.absolute = 1e-3, .relative = 1e-3}) == "");
  CHECK(norm(half) == Approx(norm(gradient) / 2).epsilon(0.01));
}

TEST_CASE("the numbers of the degradation prose, worked out by hand") {
  auto fact = facts("degradation");
  const auto parameters = [](int64_t n) {
    const auto stage = [&](int64_t in, int64_t out) {
      return 9 * in * out + (2 * n - 1) * 9 * out * out + 2 * n * 2 * out;
    };
    return 9 * 8 + 2 * 8 + stage(8, 8) + stage(8, 16) + stage(16, 32) + 32 * 10 + 10;
  };
  for (const int64_t n : {1, 3, 5, 9}) CHECK(std::llround(fact.at(text("parameters", 6 * n + 2))) == parameters(n));
  CHECK(fact.at("mults20") == 784 * 9 * (8 + 6 * 64) + 196 * 9 * (8 * 16 + 5 * 256) + 49 * 9 * (512 + 5 * 1024) + 320);
  CHECK(fact.at("layer_shrinks") == Approx(std::sqrt(6.0)));
  CHECK(fact.at("theory56_decades") == 21);  // 54 · log₁₀ √6 = 21.01
  CHECK(fact.at("extra_layers") == 36);
  // The recorded runs agree with the theory, and with what the issue of this lesson demands: a hundred times.
  CHECK(fact.at("bare56_decades") == Approx(fact.at("theory56_decades")).margin(3));
  CHECK(fact.at("bare56_decades") >= 2);

  const auto net = find_lesson("degradation").make();
  const Tape tape;
  (*net)(Tensor::zeros({1, 1, 28, 28}));
  CHECK(tape.records()[static_cast<size_t>(fact.at("step_bn"))].node->path == "first.bn");
}
