#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/training.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

std::vector<std::string> names(const nn::Module& module) {
  std::vector<std::string> found;
  for (const auto& [name, variable] : module.named_parameters()) found.push_back(name);
  return found;
}

void check_gradients(const nn::Module& module, const Golden& golden) {
  for (const auto& [name, variable] : module.named_parameters()) {
    INFO(name);
    CHECK(difference(variable.grad(), golden["grad/" + name]) == "");
  }
}

}  // namespace

TEST_CASE("the Inception module equals PyTorch's: names, output and every gradient") {
  const Golden golden("inception");
  inception::InceptionModule module(10);
  CHECK(names(module) == json::parse(golden.metadata("parameters")).get<std::vector<std::string>>());
  module.load(golden.under("weights/"));

  const Variable x(golden["x"].clone(), true);
  const Variable y = module(x);
  CHECK(difference(y.value(), golden["y"]) == "");
  linear(view(y, {1, -1}), Variable(golden["dy"].reshape({1, -1})), Variable()).backward();  // Σ y·dy
  CHECK(difference(x.grad(), golden["dx"]) == "");
  check_gradients(module, golden);
}

TEST_CASE("MainNet equals PyTorch's: names, logits, loss and every gradient") {
  const Golden golden("mainnet");
  inception::MainNet net;
  CHECK(names(net) == json::parse(golden.metadata("parameters")).get<std::vector<std::string>>());
  net.load(golden.under("weights/"));

  const Dataset data = digits();
  const Batch batch = Loader(data, {.batch_size = 4, .shuffle = false}).batch(0, 0);
  const Variable output = net(batch.images);
  CHECK(difference(output.value(), golden["logits"]) == "");
  CHECK(bit_difference(predict(net, batch.images), output.value()) == "");
  const Variable loss = nll_loss(output, batch.labels);
  CHECK(difference(loss.value(), golden["loss"]) == "");
  loss.backward();
  check_gradients(net, golden);
}

TEST_CASE("a linear layer of the wrong size is told 1408, and where that comes from") {
  inception::MainNet net;
  net.fc = nn::Linear({.in = 1000, .out = 10});
  CHECK_THROWS_WITH(
      net(Tensor::zeros({64, 1, 28, 28})),
      "linear: input has 1408 features (88 channels of 4x4, flattened from (64, 88, 4, 4)) but the weight "
      "expects 1000: input (64, 1408), weight (10, 1000)");
}

TEST_CASE("train_step lowers the loss on the batch that it trains on") {
  inception::MainNet net;
  net.load(Golden("mainnet").under("weights/"));
  optim::SGD optimizer(net.parameters(), {.lr = 0.05, .momentum = 0.5});
  const Dataset data = digits();
  const Batch batch = Loader(data, {.batch_size = 8, .shuffle = false}).batch(0, 0);
  const float first = train_step(net, optimizer, batch);
  for (int step = 0; step < 10; ++step) train_step(net, optimizer, batch);
  CHECK(nll_loss(Variable(predict(net, batch.images)), batch.labels).item() < 0.9f * first);
}
