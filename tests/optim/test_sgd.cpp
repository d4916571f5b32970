#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lib/autograd/tape.hpp"
#include "lib/optim/sgd.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

// Part `i` of a stack of tensors.
Tensor part(const Tensor& stack, int64_t i, Shape shape) {
  return Tensor(shape, stack.data().subspan(i * shape.numel(), shape.numel()));
}

Variable parameter() { return {Tensor::full({2}, 1), true}; }

}  // namespace

TEST_CASE("SGD follows torch.optim.SGD step by step in every variant") {
  const Golden golden("sgd");
  const json variants = json::parse(golden.metadata("variants"));
  const Shape shape = golden["start"].shape();
  REQUIRE(variants.size() == 7);
  for (size_t v = 0; v < variants.size(); ++v) {
    INFO(variants[v]);
    Variable x(golden["start"].clone(), true);
    optim::SGD sgd({x}, {.lr = variants[v].value("lr", 0.0),
                         .momentum = variants[v].value("momentum", 0.0),
                         .dampening = variants[v].value("dampening", 0.0),
                         .weight_decay = variants[v].value("weight_decay", 0.0),
                         .nesterov = variants[v].value("nesterov", false)});
    for (int step = 0; step < 5; ++step) {
      sgd.zero_grad();
      x.accumulate_grad(part(golden["gradients"], step, shape));
      sgd.step();
      INFO("step " << step);
      CHECK(difference(x.value(), part(golden[text(v, "/parameter")], step, shape), {1e-6, 1e-6}) == "");
    }
    const std::string velocity = text(v, "/velocity");
    REQUIRE(golden.contains(velocity) == (sgd.velocities()[0].numel() > 0));
    if (golden.contains(velocity)) CHECK(difference(sgd.velocities()[0], golden[velocity], {1e-6, 1e-6}) == "");
  }
}

TEST_CASE("SGD leaves parameters without a gradient alone") {
  Variable used = parameter(), unused = parameter();
  optim::SGD sgd({used, unused}, {.lr = 0.5, .momentum = 0.9, .weight_decay = 0.1});
  used.accumulate_grad(Tensor::full({2}, 1));
  sgd.step();
  CHECK(used.value().data()[0] < 1);
  CHECK(unused.value().data()[0] == 1);
  CHECK(sgd.velocities()[1].numel() == 0);
  sgd.zero_grad();
  CHECK_FALSE(used.has_grad());
}

TEST_CASE("a change of settings holds from the next step") {
  Variable x = parameter();
  optim::SGD sgd({x}, {.lr = 0.5});
  x.accumulate_grad(Tensor::full({2}, 1));
  sgd.step();
  CHECK(x.value().data()[0] == 0.5f);
  sgd.set({.lr = 0.25});
  sgd.step();
  CHECK(x.value().data()[0] == 0.25f);
  CHECK(sgd.settings().lr == 0.25);
}

TEST_CASE("a tape records how each parameter was changed") {
  Variable x = parameter(), unused = parameter();
  optim::SGD sgd({x, unused}, {.lr = 0.5, .momentum = 0.5});
  const auto step_with = [&](float gradient) {
    sgd.zero_grad();
    x.accumulate_grad(Tensor::full({2}, gradient));
    const Tape tape;
    sgd.step();
    REQUIRE(tape.updates().size() == 1);
    CHECK(std::string(tape.updates()[0].site.file) == "tests/optim/test_sgd.cpp");
    CHECK(tape.updates()[0].parameter == x);
    return tape.updates()[0];
  };
  const Tape::Update first = step_with(1), second = step_with(2);
  CHECK(first.before.data()[0] == 1);
  CHECK(first.gradient.data()[0] == 1);
  CHECK(first.old_velocity.numel() == 0);
  CHECK(first.velocity.data()[0] == 1);
  CHECK(first.after.data()[0] == 0.5f);  // later steps do not change what was recorded
  CHECK(second.before.data()[0] == 0.5f);
  CHECK(second.old_velocity.data()[0] == 1);
  CHECK(second.velocity.data()[0] == 2.5f);  // 0.5 · 1 + 2
  CHECK(second.after.data()[0] == -0.75f);
}

TEST_CASE("SGD says which setting is wrong") {
  using optim::SGD;
  CHECK_THROWS_WITH(SGD({}, {.lr = -1}), "SGD: the learning rate must be at least 0, got -1");
  CHECK_THROWS_WITH(SGD({}, {.lr = std::nan("")}), "SGD: the learning rate must be at least 0, got nan");
  CHECK_THROWS_WITH(SGD({}, {.momentum = -0.5}), "SGD: momentum must be at least 0, got -0.5");
  CHECK_THROWS_WITH(SGD({}, {.weight_decay = -1}), "SGD: weight decay must be at least 0, got -1");
  CHECK_THROWS_WITH(SGD({}, {.momentum = 0, .nesterov = true}),
                    "SGD: nesterov needs momentum above 0 and dampening 0, got 0 and 0");
  CHECK_THROWS_WITH(SGD({}, {.momentum = 0.9, .dampening = 0.5, .nesterov = true}),
                    "SGD: nesterov needs momentum above 0 and dampening 0, got 0.9 and 0.5");
  SGD sgd({parameter()}, {});
  CHECK_THROWS_WITH(sgd.set_velocities({}), "SGD: 0 momentum buffers for 1 parameters");
  CHECK_THROWS_WITH(sgd.set_velocities({Tensor::zeros({3})}),
                    "SGD: momentum buffer 0 has shape (3,), its parameter (2,)");
}
