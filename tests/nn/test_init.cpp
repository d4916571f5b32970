#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <xtensor/xmath.hpp>

#include "lib/nn/layers.hpp"
#include "lib/tensor/array.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

// The parameters of a layer as initialisation.safetensors describes it.
std::vector<Variable> drawn(const json& layer) {
  const int64_t in = layer["in"], out = layer["out"], kernel = layer["kernel"];
  if (layer["kind"] == "linear") return nn::Linear({.in = in, .out = out}).parameters();
  return nn::Conv2d({.in = in, .out = out, .kernel = kernel}).parameters();
}

float largest(const Tensor& tensor) { return xt::amax(xt::abs(as_array(tensor)))(); }

}  // namespace

TEST_CASE("parameters start within the bounds that PyTorch's do, and reach them") {
  manual_seed(1);
  for (const json& layer : json::parse(Golden("initialisation").metadata("layers"))) {
    INFO(layer);
    const double bound = layer["bound"];
    for (int i : {0, 1}) {  // weight, bias
      float most = 0;
      for (int draw = 0; draw < 200; ++draw) most = std::max(most, largest(drawn(layer)[i].value()));
      CHECK(most <= bound * (1 + 1e-6));
      CHECK(most > 0.99 * bound);
    }
  }
}

TEST_CASE("weights start with the mean and variance of the uniform distribution") {
  manual_seed(2);
  const Tensor weight = nn::Conv2d({.in = 88, .out = 20, .kernel = 5}).weight.value();
  const double n = 88 * 20 * 25, bound = 1 / std::sqrt(88.0 * 25), variance = bound * bound / 3;
  const double mean = xt::mean(xt::cast<double>(as_array(weight)))();
  const double square = xt::mean(xt::square(xt::cast<double>(as_array(weight))))();
  // Five standard deviations of the estimates; the square of a uniform number has variance 4/45·bound⁴.
  CHECK(std::abs(mean) < 5 * std::sqrt(variance / n));
  CHECK(std::abs(square - variance) < 5 * std::sqrt(4.0 / 45 / n) * bound * bound);
}

TEST_CASE("He's start has PyTorch's deviation and is normal") {
  manual_seed(4);
  for (const json& layer : json::parse(Golden("initialisation").metadata("he"))) {
    INFO(layer);
    const int64_t in = layer["in"], out = layer["out"], kernel = layer["kernel"];
    const double deviation = layer["deviation"], n = 200 * static_cast<double>(in * out * kernel * kernel);
    double sum = 0, squares = 0, within = 0;
    for (int draw = 0; draw < 200; ++draw) {
      const nn::Conv2d conv({.in = in, .out = out, .kernel = kernel, .init = nn::init::kaiming_normal});
      for (const float value : conv.weight.value().data()) {
        const double x = value / deviation;
        sum += x;
        squares += x * x;
        within += std::abs(x) < 1;
      }
    }
    CHECK(std::abs(sum / n) < 5 / std::sqrt(n));
    CHECK(std::abs(squares / n - 1) < 5 * std::sqrt(2 / n));
    CHECK(std::abs(within / n - std::erf(std::sqrt(0.5))) < 5 * std::sqrt(0.22 / n));
  }
}

TEST_CASE("a seed gives the same parameters again, another seed others") {
  const auto weight = [](uint64_t seed) {
    manual_seed(seed);
    return nn::Linear({.in = 5, .out = 4}).weight.value();
  };
  CHECK(bit_difference(weight(3), weight(3)) == "");
  CHECK(bit_difference(weight(3), weight(4)) != "");
}
