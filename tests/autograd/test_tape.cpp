#include <algorithm>

#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lib/autograd/tape.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

Variable input(Shape shape, bool requires_grad = false) { return {Tensor::full(shape, 0.5f), requires_grad}; }

std::vector<std::string> ops_of(const Tape& tape) {
  std::vector<std::string> names;
  for (const auto& record : tape.records()) names.emplace_back(record.node->op);
  return names;
}

const Tape::Record& find(const Tape& tape, const std::string& path) {
  const auto found =
      std::find_if(tape.records().begin(), tape.records().end(), [&](const auto& r) { return r.node->path == path; });
  check(found != tape.records().end(), "no record has path ", path);
  return *found;
}

}  // namespace

TEST_CASE("the tape records each op with its place, inputs, output and cost") {
  const Tape tape;
  const Variable x = input({2, 3, 8, 8}), weight = input({4, 3, 3, 3}, true), bias = input({4}, true);
  const Variable y = conv2d(x, weight, bias, {.padding = 1});
  const int line = __LINE__ - 1;
  const Variable z = linear(flatten(y), input({5, 256}), Variable());

  CHECK(ops_of(tape) == std::vector<std::string>{"conv2d", "flatten", "linear"});
  const auto& [node, output] = tape.records()[0];
  CHECK(std::string(node->site.file) == "tests/autograd/test_tape.cpp");
  CHECK(node->site.line == line);
  CHECK(tape.records()[1].node->site.line == line + 2);
  CHECK(node->path == "");
  CHECK(node->inputs == std::vector<Variable>{x, weight, bias});
  CHECK(output == y);
  CHECK(node->multiply_adds == 2 * 4 * 8 * 8 * 3 * 3 * 3);
  CHECK(node->forward_seconds > 0);
  CHECK(tape.records()[1].node->multiply_adds == 0);
  CHECK(tape.records()[2].node->multiply_adds == 2 * 5 * 256);

  CHECK(tape.producer(y) == 0);
  CHECK(tape.producer(z) == 2);
  CHECK(tape.producer(x) == -1);
}

TEST_CASE("after an exception the tape tells which op threw it") {
  struct Net : nn::Module {
    nn::Linear fc = add("fc", nn::Linear({.in = 3, .out = 2}));
    Variable forward(Variable x) override { return fc(relu(x)); }
  };
  const Tape tape;
  Net net;
  net(input({1, 3}));
  CHECK_FALSE(tape.unfinished());
  CHECK_THROWS_AS(net(input({1, 4})), Error);
  REQUIRE(tape.unfinished());
  CHECK(tape.unfinished()->op == "linear");
  CHECK(tape.unfinished()->path == "fc");
  CHECK(tape.unfinished()->site.line == __LINE__ - 10);
  CHECK(tape.records().size() == 3);
}

TEST_CASE("the tape records the windows of convolutions and pooling, and which run of a module an op belongs to") {
  struct Twice : nn::Module {
    nn::ReLU act = add("act", nn::ReLU());
    Variable forward(Variable x) override { return act(act(x)); }
  };
  const Tape tape;
  const Variable x = input({1, 1, 8, 8});
  conv2d(x, input({1, 1, 3, 3}), Variable(), {.stride = 2, .padding = 1});
  max_pool2d(x, {.kernel = 2});
  Twice()(x);
  const auto node = [&](size_t i) -> const Node<float>& { return *tape.records()[i].node; };
  CHECK((node(0).window.kernel == 3 && node(0).window.stride == 2 && node(0).window.padding == 1));
  CHECK((node(1).window.kernel == 2 && node(1).window.stride == 2 && node(1).window.padding == 0));
  CHECK(node(2).window.kernel == 0);
  CHECK(node(2).frames[0].call == node(3).frames[0].call);
  CHECK(node(2).frames[1].call < node(3).frames[1].call);
}

TEST_CASE("tapes nest, and record as long as they live") {
  const Variable x = input({2, 2}, true);
  CHECK(Tape::active() == nullptr);
  Tape outer;
  relu(x);
  {
    const Tape inner;
    CHECK(Tape::active() == &inner);
    relu(x);
    relu(x);
    CHECK(inner.records().size() == 2);
  }
  CHECK(Tape::active() == &outer);
  CHECK(outer.records().size() == 1);
}

TEST_CASE("the tape records evaluation too, without gradients") {
  const Tape tape;
  const NoGrad no_grad;
  const Variable y = relu(input({2, 2}, true));
  CHECK(tape.records().size() == 1);
  CHECK_FALSE(y.requires_grad());
  CHECK(y.node()->gradient == nullptr);
}

TEST_CASE("without a tape an op keeps no record of places") {
  const Variable y = relu(input({2, 2}, true));
  CHECK_FALSE(y.node()->recorded);
  CHECK(y.node()->path == "");
}

TEST_CASE("the lesson's run is recorded with its own lines and module paths") {
  inception::MainNet net;
  const Tape tape;
  const Variable output = net(input({1, 1, 28, 28}));

  CHECK(ops_of(tape).size() == 27);
  const auto& record = find(tape, "incept1.branch5x5_2");
  CHECK(record.node->op == "conv2d");
  CHECK(std::string(record.node->site.file) == "lessons/02_inception/model.hpp");
  CHECK(record.output.shape() == Shape{1, 24, 12, 12});
  CHECK(record.node->multiply_adds == 24 * 12 * 12 * 16 * 5 * 5);
  CHECK(record.node->inputs[1] == net.incept1.branch5x5_2.weight);
  CHECK(record.node->inputs[1].name() == "weight");
  // "five = branch5x5_2(five);" stands in the module, one line below the layer before it.
  CHECK(record.node->site.line == find(tape, "incept1.branch5x5_1").node->site.line + 1);

  // The frames tell the way there: the net, called by this test; incept1, called by the net; the layer, by incept1.
  const std::vector<Frame>& frames = record.node->frames;
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].module == "");
  CHECK(std::string(frames[0].site.file) == "tests/autograd/test_tape.cpp");
  CHECK(frames[1].module == "incept1");
  CHECK(frames[2].module == "branch5x5_2");
  CHECK(frames[1].site.line > frames[2].site.line);

  // Functions that a module calls itself carry its path.
  const auto& pool = *std::find_if(tape.records().begin(), tape.records().end(),
                                   [](const auto& r) { return r.node->op == "avg_pool2d"; });
  CHECK(pool.node->path == "incept1");
  CHECK(tape.records().back().node->op == "log_softmax");
  CHECK(tape.records().back().node->path == "");
  CHECK(Scope::frames().empty());
}

TEST_CASE("what each op passed to its inputs adds up to their gradients") {
  inception::MainNet net;
  const Tape tape;
  nll_loss(net(input({2, 1, 28, 28}, true)), {1, 2}).backward();
  int compared = 0;
  for (const auto& [node, output] : tape.records()) {
    REQUIRE(node->input_grads.size() == node->inputs.size());
    CHECK(node->backward_seconds > 0);
    for (const Variable& value : node->inputs) {
      Variable sum(Tensor::zeros(value.shape()));
      for (const auto& user : tape.records()) {
        for (size_t i = 0; i < user.node->inputs.size(); ++i)
          if (user.node->inputs[i] == value) sum.accumulate_grad(user.node->input_grads[i]);
      }
      CHECK(difference(sum.grad(), value.grad()) == "");
      ++compared;
    }
  }
  CHECK(compared > 60);
}

TEST_CASE("scopes name the modules that run") {
  CHECK(Scope::path() == "");
  CHECK(Scope::site().line == 0);
  {
    const Scope net("", CallSite::here()), block("block1", CallSite::here());
    const Scope layer("conv", {"model.hpp", 7});
    CHECK(Scope::path() == "block1.conv");
    CHECK(Scope::site().line == 7);
  }
  CHECK(Scope::path() == "");
}
