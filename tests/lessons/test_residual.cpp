#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/04_degradation/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lib/nn/init.hpp"
#include "lib/tensor/random.hpp"
#include "tests/lessons/facts.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::residual;
using namespace cnnlab::testing;

namespace {

Tensor sum(const Tensor& a, const Tensor& b) {
  Tensor both = a.clone();
  for (int64_t i = 0; i < both.numel(); ++i) both.data()[i] += b.data()[i];
  return both;
}

}  // namespace

TEST_CASE("a ResNet's stages halve the maps and double the channels") {
  for (const int64_t blocks : {1, 3}) {
    ResNet net({.in = 1, .depth = 6 * blocks + 2, .width = 4});
    const Tape tape;
    net(Tensor::zeros({2, 1, 28, 28}));
    std::vector<Shape> found, expected;
    for (const auto& [node, output] : tape.records())
      if (node->op == "add") found.push_back(output.shape());
    for (const Shape& shape : {Shape{2, 4, 28, 28}, Shape{2, 8, 14, 14}, Shape{2, 16, 7, 7}})
      expected.insert(expected.end(), static_cast<size_t>(blocks), shape);
    CHECK(found == expected);
  }
}

TEST_CASE("the numbers of the residual prose, worked out by hand") {
  auto fact = facts("residual");
  // One convolution, three stages of n blocks, each with 2n convolutions and as many BatchNorms, one linear layer.
  const auto parameters = [](int64_t n) {
    const auto stage = [&](int64_t in, int64_t out) {
      return 9 * in * out + (2 * n - 1) * 9 * out * out + 2 * n * 2 * out;
    };
    return 9 * 8 + 2 * 8 + stage(8, 8) + stage(8, 16) + stage(16, 32) + 32 * 10 + 10;
  };
  for (const int64_t n : {1, 3, 5, 9}) CHECK(std::llround(fact.at(text("parameters", 6 * n + 2))) == parameters(n));
  CHECK(fact.at("mults20") == 784 * 9 * (8 + 6 * 64) + 196 * 9 * (8 * 16 + 5 * 256) + 49 * 9 * (512 + 5 * 1024) + 320);
  CHECK(fact.at("projection_more") == (8 * 16 + 2 * 16) + (16 * 32 + 2 * 32));
  CHECK(fact.at("cifar20") == 269'722);
  CHECK(fact.at("cifar56") == 853'018);
  CHECK(fact.at("blocks56") == 27);
  CHECK(fact.at("last_channels") == 32);
  CHECK(fact.at("last_side") == 7);
}

TEST_CASE("the shapes that the residual homework asks for, worked out by hand") {
  auto fact = facts("residual");
  const auto is = [&](const std::string& part, int channels, int side) {
    CHECK(fact.at("homework_" + part + "_channels") == channels);
    CHECK(fact.at("homework_" + part + "_side") == side);
  };
  is("conv1", 16, 32);
  is("layer1", 16, 32);
  is("layer2", 32, 16);
  is("layer3", 64, 8);
  for (const char* line : {"conv1", "conv2", "shortcut"}) is(std::string("layer2_0_") + line, 32, 16);
}

TEST_CASE("the steps that the residual prose leads to are those that it speaks of") {
  auto fact = facts("residual");
  const Lesson& lesson = find_lesson("residual");
  const Batch batch = some_digits();
  const auto train = [&](LessonOptions options) {
    const auto net = lesson.make(std::move(options));
    nll_loss((*net)(batch.images), batch.labels).backward();
  };
  {
    const Tape tape;
    train({});
    CHECK(name_of(node_of_step(tape, fact.at("step_add"))) == "layer1.0 add");
    CHECK(name_of(node_of_step(tape, fact.at("step_pad"))) == "layer2.0.shortcut.0 zero_pad_shortcut");
    const Node<float>& meet = node_of_step(tape, fact.at("step_meet"));
    CHECK(name_of(meet) == "layer1.1 relu");
    CHECK(meet.inputs[0].node()->op == "add");
    // Its value is read by two ops of the next block.
    CHECK(readers_of(tape, meet) == std::vector<std::string>{"layer1.2.conv1 conv2d", "layer1.2 add"});
  }
  const Tape tape;
  train({{"shortcut", 0}});
  CHECK(name_of(node_of_step(tape, fact.at("step_plain"))) == "layer1.3 relu");
}

TEST_CASE("where a block's two ways meet, the gradient is what came through the layers and what came around them") {
  manual_seed(5);
  BasicBlock block(3, 3, 1, false);
  const Variable x(nn::init::kaiming_uniform({2, 3, 6, 6}), true);
  const Tape tape;
  const Variable y = block(x);
  linear(view(y, {1, -1}), Variable(nn::init::kaiming_uniform({1, y.value().numel()})), Variable()).backward();
  Tensor through, around;
  for (const auto& [node, output] : tape.records()) {
    if (node->path == "conv1") through = node->input_grads[0];
    if (node->op != "add") continue;
    around = node->input_grads[1];
    CHECK(bit_difference(around, node->input_grads[0]) == "");  // a plus sign hands it to both sides
    CHECK(bit_difference(around, output.grad()) == "");
  }
  CHECK(any(through));
  CHECK(any(around));
  CHECK(difference(x.grad(), sum(through, around)) == "");
}

TEST_CASE("around switched-off layers the gradient still reaches the first one; in a plain net it does not") {
  const Batch batch = some_digits();
  const auto reaches_first = [&](nn::Module& net, const std::vector<std::string>& off) {
    for (const std::string& path : off) net.switch_off(path);
    nll_loss(net(batch.images), batch.labels).backward();
    const auto first = net.named_parameters().front();
    return first.second.has_grad() && any(first.second.grad());
  };
  manual_seed(2);
  ResNet net({.in = 1, .depth = 14, .width = 4}), cut({.in = 1, .depth = 14, .width = 4});
  degradation::PlainNet plain({.in = 1, .depth = 14, .width = 4}), plain_cut({.in = 1, .depth = 14, .width = 4});
  CHECK(reaches_first(net, {"layer1.1.bn2", "layer2.0.bn2", "layer3.1.bn2"}));
  CHECK(reaches_first(plain, {}));
  CHECK_FALSE(reaches_first(plain_cut, {"layer2.1.bn"}));
  // A block without both of its ways hands on nothing either.
  CHECK_FALSE(reaches_first(cut, {"layer2.1.bn2", "layer2.1.shortcut"}));
}

TEST_CASE("without its layers a block is its shortcut, and without its shortcut a plain pair of layers") {
  manual_seed(3);
  const Tensor x = nn::init::kaiming_uniform({2, 4, 6, 6});
  BasicBlock block(4, 4, 1, false);
  block.switch_off("bn2");
  CHECK(bit_difference(block(x).value(), relu(Variable(x)).value()) == "");
  block.switch_off("bn2", false);
  block.switch_off("shortcut");
  const Variable pair = relu(block.bn2(block.conv2(relu(block.bn1(block.conv1(Variable(x)))))));
  CHECK(bit_difference(block(x).value(), pair.value()) == "");
}

TEST_CASE("a zero-padded shortcut is a projection that picks every second pixel and leaves half the channels empty") {
  manual_seed(4);
  BasicBlock padded(2, 4, 2, false), projecting(2, 4, 2, true);
  std::vector<nn::NamedTensor> weights = padded.state_dict();
  Tensor pick = Tensor::zeros({4, 2, 1, 1});  // new channels: one in front, the two of x, one behind
  pick.data()[1 * 2 + 0] = pick.data()[2 * 2 + 1] = 1;
  for (const auto& [name, tensor] : projecting.state_dict())
    if (name.starts_with("shortcut")) weights.emplace_back(name, name == "shortcut.0.weight" ? pick : tensor);
  projecting.load(weights);
  padded.eval();
  projecting.eval();  // its BatchNorm has seen nothing: it divides by √(1 + 1e-5)
  const Tensor x = nn::init::kaiming_uniform({2, 2, 6, 6});
  CHECK(difference(projecting(x).value(), padded(x).value(), {.absolute = 1e-5, .relative = 1e-5}) == "");
  pick.data()[0] = 1;
  projecting.load(weights);
  CHECK(difference(projecting(x).value(), padded(x).value(), {.absolute = 1e-5, .relative = 1e-5}) != "");
}
