#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lessons/04_degradation/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lessons/training.hpp"
#include "lib/kernels/elementwise.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

// Weights as tests/goldens/deep_nets.py computes them.
void set_weights(nn::Module& net) {
  uint64_t k = 0;
  for (auto& [name, parameter] : net.named_parameters()) {
    Tensor value = parameter.value();
    const int64_t fan_in = value.shape().rank() >= 2 ? value.numel() / value.size(0) : 0;
    const double bound = fan_in > 0 ? std::sqrt(6.0 / static_cast<double>(fan_in)) : 0;
    uint64_t i = 0;
    for (float& weight : value.data()) {
      weight = bound > 0 ? static_cast<float>((2 * reference::dropout_draw(k, i++) - 1) * bound)
                         : static_cast<float>(name.ends_with("weight"));
    }
    ++k;
  }
}

// The digits at half their size.
Dataset small_digits() {
  const Dataset large = digits();
  Dataset small{.name = "small digits", .height = 14, .width = 14};
  small.labels = large.labels;
  for (int64_t n = 0; n < large.size(); ++n) {
    for (int64_t place = 0; place < 14 * 14; ++place) {
      const uint8_t* at = large.image(n).data() + 2 * (place / 14) * 28 + 2 * (place % 14);
      small.images.push_back(static_cast<uint8_t>((at[0] + at[1] + at[28] + at[29]) / 4));
    }
  }
  return small;
}

Tensor listed(const std::vector<float>& numbers) { return Tensor({static_cast<int64_t>(numbers.size())}, numbers); }

float norm(const Tensor& tensor) {
  double squares = 0;
  for (const float value : tensor.data()) squares += static_cast<double>(value) * value;
  return static_cast<float>(std::sqrt(squares));
}

Tensor gradient_norms(const nn::Module& net) {
  std::vector<float> found;
  for (const auto& [name, parameter] : net.named_parameters()) found.push_back(norm(parameter.grad()));
  return listed(found);
}

Tensor state_norms(const nn::Module& net) {
  std::vector<float> found;
  for (const auto& [name, tensor] : net.state_dict()) found.push_back(norm(tensor));
  return listed(found);
}

void follows_pytorch(const std::string& name, nn::Module& net) {
  INFO(name);
  const Golden golden("deep_nets");
  const json settings = json::parse(golden.metadata("settings")), names = json::parse(golden.metadata("names"));
  std::vector<std::string> own;
  for (const auto& entry : net.state_dict()) own.push_back(entry.first);
  REQUIRE(own == names[name].get<std::vector<std::string>>());

  set_weights(net);
  const Dataset data = small_digits();
  Loader loader(data, {.batch_size = settings["batch"], .shuffle = false});
  optim::SGD optimizer(net.parameters(), {.lr = settings["lr"], .momentum = settings["momentum"]});
  std::vector<float> losses;
  const int64_t steps = settings["steps"];
  for (int64_t step = 0; step < steps; ++step) {
    losses.push_back(train_step(net, optimizer, loader.batch(0, step % loader.batches())));
    if (step == 0)
      CHECK(difference(gradient_norms(net), golden[name + "/gradients"], {.absolute = 0, .relative = 1e-4}) == "");
  }
  CHECK(difference(listed(losses), golden[name + "/losses"], {.absolute = 0, .relative = 1e-3}) == "");
  CHECK(difference(state_norms(net), golden[name + "/norms"], {.absolute = 1e-4, .relative = 1e-3}) == "");
  CHECK(difference(predict(net, loader.batch(0, 0).images), golden[name + "/eval"],
                   {.absolute = 5e-3, .relative = 5e-3}) == "");
}

}  // namespace

TEST_CASE("the deep nets have the parameters that their papers' nets have") {
  CHECK(residual::ResNet({.in = 3}).parameter_count() == 269'722);
  CHECK(residual::ResNet({.in = 3, .depth = 56}).parameter_count() == 853'018);
  CHECK(dense::DenseNet({.in = 3}).parameter_count() == 1'019'722);
  CHECK(dense::DenseNet({.in = 3, .depth = 100, .bottleneck = true, .compression = 50}).parameter_count() == 769'162);
  CHECK(degradation::PlainNet({.in = 3}).parameter_count() == 269'722);  // option A's shortcuts weigh nothing
  CHECK(degradation::PlainNet({.in = 3, .depth = 56}).parameter_count() == 853'018);
  // Option B: in two blocks a 1×1 convolution and a BatchNorm more.
  CHECK(residual::ResNet({.in = 3, .projection = true}).parameter_count() ==
        269'722 + 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64);
}

TEST_CASE("the deep nets read digits and photographs") {
  for (const auto& [in, side] : {std::pair<int64_t, int64_t>{1, 28}, {3, 32}}) {
    const Variable x(Tensor::zeros({2, in, side, side}));
    CHECK(residual::ResNet({.in = in, .depth = 8, .width = 4})(x).shape() == Shape{2, 10});
    CHECK(degradation::PlainNet({.in = in, .depth = 8, .width = 4})(x).shape() == Shape{2, 10});
    CHECK(dense::DenseNet({.in = in, .depth = 10, .growth_rate = 4})(x).shape() == Shape{2, 10});
  }
}

TEST_CASE("fifty steps of the residual nets follow PyTorch, running statistics included") {
  residual::ResNet net({.in = 1}), projecting({.in = 1, .depth = 8, .projection = true});
  follows_pytorch("residual20", net);
  follows_pytorch("residual8_projection", projecting);
}

TEST_CASE("fifty steps of the plain nets follow PyTorch, with and without BatchNorm") {
  degradation::PlainNet net({.in = 1, .depth = 8}), bare({.in = 1, .depth = 8, .batch_norm = false});
  follows_pytorch("plain8", net);
  follows_pytorch("plain8_no_batch_norm", bare);
}

TEST_CASE("fifty steps of the dense nets follow PyTorch, running statistics included") {
  dense::DenseNet net({.in = 1}), compressed({.in = 1, .depth = 22, .bottleneck = true, .compression = 50});
  follows_pytorch("dense40", net);
  follows_pytorch("dense22_bc", compressed);
}
