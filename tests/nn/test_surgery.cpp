#include <algorithm>

#include <catch2/catch.hpp>

#include "lib/autograd/tape.hpp"
#include "lib/nn/layers.hpp"
#include "lib/nn/surgery.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nn::Cut;

namespace {

struct Block : nn::Module {
  nn::Conv2d narrow = add("narrow", nn::Conv2d({.in = 3, .out = 2, .kernel = 1}));
  nn::Conv2d wide = add("wide", nn::Conv2d({.in = 2, .out = 3, .kernel = 3, .padding = 1}));
  nn::Conv2d shortcut = add("shortcut", nn::Conv2d({.in = 3, .out = 3, .kernel = 1}));
  Variable forward(Variable x) override {
    const Variable long_way = wide(narrow(x));
    return cnnlab::add(long_way, shortcut(x));
  }
};

struct Net : nn::Module {
  Block block = add("block", Block());
  nn::ReLU last = add("last", nn::ReLU());
  Variable forward(Variable x) override { return last(block(x)); }
};

Net net(uint64_t seed) {
  manual_seed(seed);
  return {};
}

Tensor image() {
  Tensor x({2, 3, 5, 5});
  for (float& value : x.data()) value = static_cast<float>(default_random().uniform(-1, 1));
  return x;
}

std::vector<Tensor> numbers(const nn::Module& module) {
  std::vector<Tensor> found;
  for (const Variable& variable : module.parameters()) found.push_back(variable.value().clone());
  return found;
}

bool all_zero(const Tensor& tensor) {
  return std::ranges::all_of(tensor.data(), [](float value) { return value == 0; });
}

}  // namespace

TEST_CASE("a part that is switched off gives zeros of its shape, and on again what it gave before") {
  Net model = net(1);
  const Tensor x = image(), before = model.block(x).value(), shortcut = model.block.shortcut(x).value();
  model.switch_off("block.wide");
  CHECK(all_zero(model.block.wide(model.block.narrow(x)).value()));
  CHECK(bit_difference(model.block(x).value(), shortcut) == "");  // the other path is as it was
  model.switch_off("block");
  CHECK(model.block(x).shape() == Shape{2, 3, 5, 5});
  CHECK(all_zero(model.block(x).value()));
  model.switch_off("block", false);
  model.switch_off("block.wide", false);
  CHECK(bit_difference(model.block(x).value(), before) == "");
}

TEST_CASE("no gradient goes through what is off, and the other paths' gradients are as ever") {
  Net model = net(2);
  const Tensor x = image();
  const auto gradients = [&] {
    model.zero_grad();
    nll_loss(log_softmax(flatten(model.block(x))), {1, 2}).backward();
  };
  model.switch_off("block.wide");
  gradients();
  CHECK(all_zero(model.block.wide.weight.grad()));
  CHECK(all_zero(model.block.narrow.weight.grad()));
  const Tensor with_zeros = model.block.shortcut.weight.grad().clone();
  // The same network with the branch's numbers themselves at zero.
  model.switch_off("block.wide", false);
  model.block.wide.weight.value().fill(0);
  model.block.wide.bias.value().fill(0);
  gradients();
  CHECK(bit_difference(model.block.shortcut.weight.grad(), with_zeros) == "");
}

TEST_CASE("the tape records what is off, after what it would have been") {
  Net model = net(3);
  model.switch_off("block.narrow");
  const Tape tape;
  model(image());
  CHECK(tape.records()[0].node->op == "conv2d");
  CHECK(tape.records()[1].node->op == "off");
  CHECK(tape.records()[1].node->path == "block.narrow");
  CHECK(std::string(tape.records()[1].node->site.file) == "tests/nn/test_surgery.cpp");
}

TEST_CASE("cuts combine, and end without a trace") {
  Net model = net(4);
  const Net untrained = net(5);
  const Tensor x = image(), before = model(x).value();
  const auto trained = numbers(model);
  {
    const nn::Surgery surgery(model, untrained,
                              {{"block", Cut::fresh}, {"block.narrow", Cut::pass}, {"block.shortcut", Cut::off}});
    CHECK(bit_difference(model.block.wide.weight.value(), untrained.block.wide.weight.value()) == "");
    // The first two of three channels come through.
    const Tensor through = model.block.narrow(x).value();
    for (int n : {0, 1})
      for (int i = 0; i < 50; ++i) CHECK(through.data()[n * 50 + i] == x.data()[n * 75 + i]);
    CHECK(all_zero(model.block.shortcut(x).value()));
    CHECK(bit_difference(model(x).value(), before) != "");
  }
  for (size_t i = 0; i < trained.size(); ++i) CHECK(bit_difference(model.parameters()[i].value(), trained[i]) == "");
  CHECK(bit_difference(model(x).value(), before) == "");
}

TEST_CASE("a 1x1 convolution with more outputs than inputs passes all, and then zeros") {
  struct Wider : nn::Module {
    nn::Conv2d conv = add("conv", nn::Conv2d({.in = 3, .out = 4, .kernel = 1, .bias = false}));
    Variable forward(Variable x) override { return conv(x); }
  };
  Wider model, untrained;
  const nn::Surgery surgery(model, untrained, {{"conv", Cut::pass}});
  const Tensor x = Tensor::full({1, 3, 1, 1}, 7), y = model(x).value();
  CHECK(std::vector<float>(y.data().begin(), y.data().end()) == std::vector<float>{7, 7, 7, 0});
}

TEST_CASE("cuts that cannot be are said, and then nothing has changed") {
  Net model = net(6);
  const Net untrained = net(7);
  const auto trained = numbers(model);
  const auto cut = [&](const nn::Cuts& cuts) { const nn::Surgery surgery(model, untrained, cuts); };
  CHECK_THROWS_WITH(cut({{"block", Cut::fresh}, {"block.nothing", Cut::off}}),
                    "switch off: this network has no part \"block.nothing\"");
  CHECK_THROWS_WITH(cut({{"last", Cut::fresh}}), "fresh: this network has no part \"last\" with parameters");
  CHECK_THROWS_WITH(cut({{"block.wide", Cut::pass}}), "pass: \"block.wide\" is no 1x1 convolution");
  CHECK_THROWS_WITH(cut({{"", Cut::off}}), "switch off: this network has no part \"\"");
  for (size_t i = 0; i < trained.size(); ++i) CHECK(bit_difference(model.parameters()[i].value(), trained[i]) == "");
}
