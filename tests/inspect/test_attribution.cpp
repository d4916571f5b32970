#include <cmath>

#include <catch2/catch.hpp>

#include "lib/inspect/attribution.hpp"
#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

struct Net : nn::Module {
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = 2, .out = 3, .kernel = 3, .padding = 1}));
  nn::Linear fc = add("fc", nn::Linear({.in = 3 * 6 * 5, .out = 4}));
  Variable forward(Variable x) override { return log_softmax(fc(flatten(relu(conv(x))))); }
};

Tensor image() {
  Tensor x = Tensor::zeros({1, 2, 6, 5});
  for (float& value : x.data())
    if (default_random().uniform() < 0.4) value = static_cast<float>(default_random().uniform());
  return x;
}

double odds(nn::Module& net, const Tensor& x, int label) {
  const double p = std::exp(static_cast<double>(net(x).value().data()[label]));
  return std::log(p / (1 - p));
}

}  // namespace

TEST_CASE("log-odds are log p / (1 - p), also where p rounds to 1") {
  const Tensor rows(Shape{2, 3}, std::vector<float>{std::log(0.2f), std::log(0.5f), std::log(0.3f), 0, -40, -41});
  const Tensor found = log_odds(rows, 0);
  CHECK(static_cast<double>(found.data()[0]) == Approx(std::log(0.2 / 0.8)));
  CHECK(static_cast<double>(found.data()[1]) == Approx(40 - std::log(1 + std::exp(-1.0))));
  CHECK_THROWS_WITH(log_odds(rows, -1), "attribution: there is no class -1 in an output of shape (2, 3)");
}

TEST_CASE("gradient x input is the slope of the log-odds along each pixel, times the pixel") {
  manual_seed(1);
  Net net;
  const Tensor x = image(), map = gradient_times_input(net, x, 2);
  REQUIRE(map.shape() == Shape{6, 5});
  for (int64_t pixel = 0; pixel < 30; ++pixel) {
    double slope = 0;
    for (const int64_t at : {pixel, pixel + 30}) {  // both channels
      Tensor more = x.clone(), less = x.clone();
      more.data()[at] += 1e-2f;
      less.data()[at] -= 1e-2f;
      slope += (odds(net, more, 2) - odds(net, less, 2)) / 2e-2 * static_cast<double>(x.data()[at]);
    }
    CHECK(static_cast<double>(map.data()[pixel]) == Approx(slope).margin(2e-3));
  }
}

TEST_CASE("gradient x input leaves the network's own gradients alone") {
  manual_seed(2);
  Net net;
  nll_loss(net(image()), {1}).backward();
  net.fc.bias.clear_grad();
  const Tensor before = net.conv.weight.grad().clone();
  gradient_times_input(net, image(), 0);
  CHECK(bit_difference(net.conv.weight.grad(), before) == "");
  CHECK_FALSE(net.fc.bias.has_grad());
}

TEST_CASE("occlusion is what the log-odds lose where a square is covered, however it is sliced") {
  manual_seed(3);
  Net net;
  const Tensor x = image();
  Occlusion at_once(net, x, 1, 3), sliced(net, x, 1, 3);
  CHECK_FALSE(at_once.advance(1000));
  CHECK(sliced.progress() == 0);
  while (sliced.advance(7)) CHECK(sliced.progress() < 1);
  CHECK(sliced.progress() == 1);
  CHECK(difference(sliced.map(), at_once.map(), {.absolute = 1e-6, .relative = 0}) == "");
  for (int64_t row = 0; row < 6; ++row) {
    for (int64_t column = 0; column < 5; ++column) {
      Tensor covered = x.clone();
      for (int64_t c = 0; c < 2; ++c) {
        for (int64_t i = std::max<int64_t>(row - 1, 0); i <= std::min<int64_t>(row + 1, 5); ++i) {
          for (int64_t j = std::max<int64_t>(column - 1, 0); j <= std::min<int64_t>(column + 1, 4); ++j)
            covered.data()[(c * 6 + i) * 5 + j] = 0;
        }
      }
      const double loss = odds(net, x, 1) - odds(net, covered, 1);
      CHECK(static_cast<double>(at_once.map().data()[row * 5 + column]) == Approx(loss).margin(1e-5));
    }
  }
}

TEST_CASE("attribution says what cannot be") {
  Net net;
  CHECK_THROWS_WITH(Occlusion(net, image(), 4), "attribution: there is no class 4 in an output of shape (1, 4)");
  CHECK_THROWS_WITH(Occlusion(net, image(), 0, 4), "occlusion: the square's side must be odd, got 4");
  CHECK_THROWS_WITH(gradient_times_input(net, Tensor::zeros({2, 2, 6, 5}), 0),
                    "attribution: needs one image (1, C, H, W), got (2, 2, 6, 5)");
  CHECK_THROWS(gradient_times_input(net, image(), 4));
}
