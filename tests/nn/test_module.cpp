#include <cmath>

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

TEST_CASE("buffers stand in the state_dict in PyTorch's order, and are no parameters") {
  nn::Sequential layers(nn::Conv2d({.in = 1, .out = 2, .kernel = 3, .bias = false}), nn::BatchNorm2d(2), nn::ReLU());
  std::vector<std::string> found;
  for (const auto& [name, tensor] : layers.state_dict()) found.push_back(name);
  CHECK(found == std::vector<std::string>{"0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                                          "1.num_batches_tracked"});
  CHECK(names(layers) == std::vector<std::string>{"0.weight", "1.weight", "1.bias"});
  CHECK(layers.counters() == std::vector<std::string>{"1.num_batches_tracked"});
  CHECK(layers.parameter_count() == 18 + 4);
}

TEST_CASE("BatchNorm2d tracks the batches that it trains on, and uses what it tracked in eval mode") {
  nn::BatchNorm2d norm(1);
  const Variable x = Tensor({1, 1, 1, 2}, std::vector<float>{1, 3});  // mean 2, variance 1 (unbiased 2)
  CHECK(norm.training());
  norm(x);
  norm(x);
  CHECK(norm.num_batches_tracked.item() == 2);
  CHECK(norm.running_mean.item() == Approx(0.19 * 2));
  CHECK(norm.running_var.item() == Approx(0.81 + 0.19 * 2));
  norm.eval();
  const Variable y = norm(x);
  CHECK(norm.num_batches_tracked.item() == 2);
  CHECK(y.value().data()[1] == Approx((3 - 0.38) / std::sqrt(1.19 + 1e-5)));
  CHECK_THROWS_WITH(nn::BatchNorm2d(0), "BatchNorm2d: channels 0 must be at least 1");
}

TEST_CASE("train and eval reach every module below") {
  Net net;
  net.eval();
  CHECK_FALSE(net.training());
  CHECK_FALSE(net.second.conv.training());
  net.first.train();
  CHECK(net.first.fc.training());
  CHECK_FALSE(net.second.training());
  net.train();
  CHECK(net.second.conv.training());
}

TEST_CASE("a state_dict goes from one network to another, buffers included") {
  nn::BatchNorm2d from(2), to(2);
  manual_seed(1);
  from.running_mean.fill(3);
  from.num_batches_tracked.fill(7);
  to.load(from.state_dict());
  CHECK(to.running_mean.data()[1] == 3);
  CHECK(to.num_batches_tracked.item() == 7);
  auto missing = from.state_dict();
  missing.pop_back();
  CHECK_THROWS_WITH(to.load(missing), "weights: \"num_batches_tracked\" () is missing");
}

TEST_CASE("load says what does not fit, and then changes nothing") {
  manual_seed(2);
  Net net;
  const auto before = values(net);
  auto weights = values(Net());

  auto unknown = weights;
  unknown[3].first = "first.fc.scale";
  CHECK_THROWS_WITH(net.load(unknown), "weights: this network has no \"first.fc.scale\"");
  auto misshapen = weights;
  misshapen[3].second = Tensor::zeros({3, 2});
  CHECK_THROWS_WITH(net.load(misshapen), "weights: \"first.fc.weight\" has shape (3, 2) but this network needs (1, 2)");
  auto missing = weights;
  missing.pop_back();
  CHECK_THROWS_WITH(net.load(missing), "weights: \"second.fc.weight\" (1, 2) is missing");

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
