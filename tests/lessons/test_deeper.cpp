#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/03_deeper/model.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/data/loader.hpp"
#include "lib/nn/init.hpp"
#include "lib/tensor/random.hpp"
#include "tests/lessons/facts.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

// Of a parameter's gradient.
double norm(const Variable& parameter) {
  double sum = 0;
  for (const float g : parameter.grad().data()) sum += static_cast<double>(g) * g;
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("with two modules, lesson deeper's net is MainNet: names, initial weights, answers") {
  manual_seed(3);
  inception::MainNet main;
  manual_seed(3);
  deeper::DeeperNet net(2);
  const auto expected = main.named_parameters(), found = net.named_parameters();
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].first == expected[i].first);
    CHECK(bit_difference(found[i].second.value(), expected[i].second.value()) == "");
  }
  const Tensor images = nn::init::kaiming_uniform({2, 1, 28, 28});
  CHECK(bit_difference(net(images).value(), main(images).value()) == "");
}

TEST_CASE("every further module adds 63,844 parameters, and the maps stay 4×4") {
  const int64_t stage = (88 * 20 * 25 + 20) + (20 * 72 + 72 + 16 * 24 * 34 + 24 * 24 * 9 + 3 * 24);
  CHECK(stage == 63'844);
  for (const int64_t modules : {2, 3, 5}) {
    deeper::DeeperNet net(modules);
    CHECK(net.parameter_count() == 97'298 + (modules - 2) * stage);
    const Tape tape;
    net(Tensor::zeros({1, 1, 28, 28}));
    std::vector<Shape> joined;
    for (const auto& [node, output] : tape.records())
      if (node->op == "cat") joined.push_back(output.shape());
    std::vector<Shape> expected(static_cast<size_t>(modules), Shape{1, 88, 4, 4});
    expected[0] = {1, 88, 12, 12};
    CHECK(joined == expected);
  }
}

TEST_CASE("with every module the first convolution hears the loss less") {
  const Dataset data = digits();
  const Batch batch = Loader(data, {.batch_size = 8, .shuffle = false}).batch(0, 0);
  double heard = 1;
  for (const int64_t modules : {2, 3, 4}) {
    manual_seed(1);
    deeper::DeeperNet net(modules);
    nll_loss(net(batch.images), batch.labels).backward();
    const double first = norm(net.conv[0].weight), last = norm(net.fc.weight);
    CHECK(first / last < heard / 5);
    heard = first / last;
  }
}

TEST_CASE("without padding a third 5×5 convolution no longer fits, and the error says so") {
  nn::Conv2d third({.in = 88, .out = 20, .kernel = 5});
  CHECK_THROWS_WITH(
      third(Tensor::zeros({1, 88, 4, 4})),
      "conv2d: the 5x5 kernel does not fit the input with padding 0: input (1, 88, 4, 4), weight (20, 88, "
      "5, 5)");
}

TEST_CASE("the shapes that the homework of deeper asks for, worked out by hand") {
  auto fact = facts("deeper");
  const auto is = [&](const std::string& part, int channels, int side) {
    CHECK(fact.at("homework_" + part + "_channels") == channels);
    CHECK(fact.at("homework_" + part + "_side") == side);
  };
  is("conv1", 10, 28 - 4);
  is("incept1", 88, 24 / 2);
  is("conv2", 20, 12 - 4);
  is("incept2", 88, 8 / 2);
  is("conv3", 20, 4 + 4 - 4);
  is("incept3", 88, 4);
}
