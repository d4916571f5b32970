#include <catch2/catch.hpp>

#include "lessons/05_residual/model.hpp"
#include "lessons/cost.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/tensor/random.hpp"

using namespace cnnlab;

namespace {

// Two linear layers: all that a training step holds can be counted by hand.
struct TwoLayers : nn::Module {
  nn::Linear first = add("first", nn::Linear({.in = 784, .out = 50}));
  nn::Linear last = add("last", nn::Linear({.in = 50, .out = 10}));
  Variable forward(Variable x) override { return log_softmax(last(relu(first(flatten(x))))); }
};

constexpr int64_t parameters = 784 * 50 + 50 + 50 * 10 + 10;
const Shape digit{1, 28, 28};

int64_t memory(int64_t batch, const SgdSettings& settings) {
  return training_memory([] { return std::make_shared<TwoLayers>(); }, digit, batch, settings);
}

}  // namespace

TEST_CASE("a network's cost is counted on its tape") {
  TwoLayers net;
  const NetworkCost cost = cost_of(net, digit);
  CHECK(cost.parameters == parameters);
  CHECK(cost.multiply_adds == 784 * 50 + 50 * 10);
  CHECK(cost.values == 784 + 50 + 50 + 10 + 10);
}

TEST_CASE("the memory of training is weights, gradients, momentum, and for each image what the way back needs") {
  const SgdSettings plain{.lr = 0.1}, with_momentum{.lr = 0.1, .momentum = 0.9};
  CHECK(memory(64, with_momentum) - memory(64, plain) == 4 * parameters);  // a velocity for each
  const int64_t images = memory(128, plain) - memory(64, plain);
  CHECK(images == memory(192, plain) - memory(128, plain));
  // An image, and what ReLU and both layers give, are needed until the way back; one more op's output at the peak.
  CHECK(images >= 64 * 4 * (784 + 50 + 10));
  CHECK(images <= 64 * 4 * (784 + 3 * 50 + 4 * 10));
  CHECK(memory(64, plain) >= 2 * 4 * parameters + images);
}

TEST_CASE("measuring memory gives the same with any threads, and leaves no trace") {
  const auto build = [] { return std::make_shared<residual::ResNet>(residual::ResNet::Options{.in = 1, .depth = 8}); };
  const auto measured = [&] { return training_memory(build, digit, 4, {.lr = 0.1, .momentum = 0.9}); };
  const int before = threads();
  set_threads(1);
  manual_seed(7);
  const int64_t in_use = tensor_memory().in_use, one = measured();
  CHECK(tensor_memory().in_use == in_use);
  const uint64_t drawn = default_random().bits();
  manual_seed(7);
  CHECK(default_random().bits() == drawn);
  set_threads(3);
  CHECK(measured() == one);
  set_threads(before);
}
