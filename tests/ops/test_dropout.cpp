#include <cmath>

#include <catch2/catch.hpp>

#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

TEST_CASE("dropout drops the share that it should, and scales the rest") {
  manual_seed(1);
  const Variable x(Tensor::full({100, 1000}, 3));
  for (const double p : {0.0, 0.2, 0.5, 0.9}) {
    INFO("p " << p);
    double dropped = 0;
    const Variable thinned = dropout(x, {.p = p});
    for (const float y : thinned.value().data()) {
      if (y == 0) {
        ++dropped;
      } else {
        CHECK(y == Approx(3 / (1 - p)));
      }
    }
    CHECK(std::abs(dropped / 1e5 - p) <= 5 * std::sqrt(p * (1 - p) / 1e5));
  }
  const Variable nothing = dropout(x, {.p = 1});
  for (const float y : nothing.value().data()) CHECK(y == 0);
}

TEST_CASE("a seed drops the same numbers again, and each call others") {
  const Variable x(Tensor::full({64}, 1));
  const auto drop = [&] { return dropout(x, {}).value(); };
  manual_seed(5);
  const Tensor first = drop(), second = drop();
  manual_seed(5);
  CHECK(bit_difference(drop(), first) == "");
  CHECK(bit_difference(first, second) != "");
}

TEST_CASE("nn::Dropout does nothing in eval mode") {
  nn::Dropout layer(0.5);
  const Variable x(Tensor::full({64}, 1));
  CHECK(bit_difference(layer(x).value(), x.value()) != "");
  layer.eval();
  CHECK(layer(x) == x);
  CHECK_THROWS_WITH(nn::Dropout(2), "Dropout: p must be between 0 and 1, got 2");
}
