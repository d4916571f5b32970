#include <catch2/catch.hpp>

#include "lib/autograd/tape.hpp"
#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

struct Block : nn::Module {
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = 2, .out = 2, .kernel = 3, .padding = 1}));
  nn::Linear fc = add("fc", nn::Linear({.in = 2, .out = 1, .bias = false}));
  Variable forward(Variable x) override { return conv(x); }
};

struct Net : nn::Module {
  Variable scale = parameter("scale", Tensor::full({1}, 1));
  Block first = add("first", Block());
  Block second = add("second", Block());
  Variable forward(Variable x) override { return second(first(x)); }
};

std::vector<std::string> names(const nn::Module& module) {
  std::vector<std::string> found;
  for (const auto& [name, variable] : module.named_parameters()) found.push_back(name);
  return found;
}

std::vector<std::pair<std::string, Tensor>> values(const nn::Module& module) {
  std::vector<std::pair<std::string, Tensor>> found;
  for (const auto& [name, variable] : module.named_parameters()) found.emplace_back(name, variable.value().clone());
  return found;
}

}  // namespace

TEST_CASE("parameters are named and ordered as they are declared, a module's own first") {
  const Net net;
  CHECK(names(net) == std::vector<std::string>{"scale", "first.conv.weight", "first.conv.bias", "first.fc.weight",
                                               "second.conv.weight", "second.conv.bias", "second.fc.weight"});
  CHECK(net.parameter_count() == 1 + 2 * (2 * 2 * 9 + 2 + 2));
  CHECK(net.parameters()[1] == net.first.conv.weight);
  CHECK(net.first.fc.parameters().size() == 1);
}

TEST_CASE("Sequential numbers its modules from 0 and runs them in order") {
  nn::Sequential layers(nn::Conv2d({.in = 1, .out = 2, .kernel = 3}), nn::ReLU(), nn::MaxPool2d({.kernel = 2}),
                        nn::AvgPool2d({.kernel = 2}), nn::Flatten(), nn::Linear({.in = 2, .out = 3}));
  CHECK(names(layers) == std::vector<std::string>{"0.weight", "0.bias", "5.weight", "5.bias"});
  const Tape tape;
  CHECK(layers(Tensor::zeros({4, 1, 6, 6})).shape() == Shape{4, 3});
  const char* expected[] = {"conv2d", "relu", "max_pool2d", "avg_pool2d", "flatten", "linear"};
  for (int i = 0; i < 6; ++i) {
    CHECK(tape.records()[i].node->op == expected[i]);
    CHECK(tape.records()[i].node->path == std::to_string(i));
    // The line that called the whole Sequential: what stands inside it is the library's code.
    CHECK(std::string(tape.records()[i].node->site.file) == "tests/nn/test_module.cpp");
  }
}

TEST_CASE("a module is a handle: a copy shares parameters") {
  Net net;
  Net copy = net;
  copy.scale.value().data()[0] = 5;
  CHECK(net.scale.value().data()[0] == 5);
}

TEST_CASE("zero_grad drops every gradient") {
  nn::Linear layer({.in = 2, .out = 1});
  layer(Tensor::zeros({1, 2})).backward();
  CHECK(layer.weight.has_grad());
  layer.zero_grad();
  CHECK_FALSE(layer.weight.has_grad());
  CHECK_FALSE(layer.bias.has_grad());
}

TEST_CASE("load copies every parameter by name, in any order") {
  manual_seed(1);
  Net from, to;
  auto weights = values(from);
  std::swap(weights[0], weights[5]);
  to.load(weights);
  for (size_t i = 0; i < weights.size(); ++i)
    CHECK(bit_difference(to.parameters()[i].value(), from.parameters()[i].value()) == "");
  weights[0].second.fill(9);  // the network has its own copy
  CHECK(to.parameters()[5].value().data()[0] != 9);
}

TEST_CASE("load says what does not fit, and then changes nothing") {
  manual_seed(2);
  Net net;
  const auto before = values(net);
  auto weights = values(Net());

  auto unknown = weights;
  unknown[3].first = "first.fc.scale";
  CHECK_THROWS_WITH(net.load(unknown), "weights: this network has no parameter \"first.fc.scale\"");
  auto misshapen = weights;
  misshapen[3].second = Tensor::zeros({3, 2});
  CHECK_THROWS_WITH(net.load(misshapen), "weights: \"first.fc.weight\" has shape (3, 2) but this network needs (1, 2)");
  auto missing = weights;
  missing.pop_back();
  CHECK_THROWS_WITH(net.load(missing), "weights: parameter \"second.fc.weight\" (1, 2) is missing");

  for (size_t i = 0; i < before.size(); ++i) CHECK(bit_difference(net.parameters()[i].value(), before[i].second) == "");
}

TEST_CASE("a module has one parent") {
  struct Twice : nn::Module {
    nn::ReLU child = add("child", nn::ReLU());
    nn::ReLU again = add("again", child);
    Variable forward(Variable x) override { return x; }
  };
  CHECK_THROWS_WITH(Twice(), "module: \"child\" already has a parent");
}

TEST_CASE("layers say which size is wrong") {
  CHECK_THROWS_WITH(nn::Conv2d({.in = 0, .out = 1, .kernel = 3}),
                    "Conv2d: in 0, out 1 and kernel 3 must be at least 1");
  CHECK_THROWS_WITH(nn::Linear({.in = 3, .out = -1}), "Linear: in 3 and out -1 must be at least 1");
}
