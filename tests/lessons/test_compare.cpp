#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/07_compare/model.hpp"
#include "lessons/contestant.hpp"
#include "tests/lessons/facts.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

TEST_CASE("the four nets of one budget have about as many parameters as MainNet, and cost what the prose says") {
  // Of 6n + 2 layers: one convolution, three stages of 2n, each with its BatchNorm, and one linear layer.
  const auto three_stages = [](int64_t width, int64_t n) {
    const auto stage = [&](int64_t in, int64_t out) {
      return 9 * in * out + (2 * n - 1) * 9 * out * out + 2 * n * 2 * out;
    };
    return 9 * width + 2 * width + stage(width, width) + stage(width, 2 * width) + stage(2 * width, 4 * width) +
           4 * width * 10 + 10;
  };
  // Three blocks of 7 layers that add 8 channels each, two transitions that keep half; (16 + 56) / 2 = 36, …
  const auto block = [](int64_t in) {
    int64_t sum = 0;
    for (int64_t i = 0; i < 7; ++i) sum += (2 + 9 * 8) * (in + 8 * i);
    return sum;
  };
  const int64_t dense =
      9 * 16 + block(16) + (2 * 72 + 72 * 36) + block(36) + (2 * 92 + 92 * 46) + block(46) + 2 * 102 + 102 * 10 + 10;
  const std::map<std::string, int64_t> parameters{
      {"main", 97'298}, {"plain", three_stages(10, 3)}, {"residual", three_stages(10, 3)}, {"dense", dense}};
  auto fact = facts("compare");
  for (const auto& [name, count] : parameters) {
    INFO(name);
    CHECK(fact.at("budget_" + name + "_parameters") == static_cast<double>(count));
    CHECK(std::abs(static_cast<double>(count) / 97'298 - 1) < 0.1);
    CHECK(find_contestant("fair" + name).lesson->id == "compare");
    const Contestant contestant = find_contestant("fair" + name);
    CHECK(contestant.lesson->make(contestant.options)->parameter_count() == count);
    // Weights, gradients and momentum of four bytes each at the least.
    CHECK(1e6 * fact.at("budget_" + name + "_memory") > 12 * static_cast<double>(count));
  }
  CHECK(fact.at("budget_main_mults") == 6'019'200);
  CHECK(fact.at("budget_residual_mults") == fact.at("budget_plain_mults"));  // shortcuts only add
  CHECK(fact.at("budget_plain_mults") ==
        784 * 9 * (10 + 6 * 100) + 196 * 9 * (200 + 5 * 400) + 49 * 9 * (800 + 5 * 1600) + 400);
  CHECK(fact.at("budget_residual_memory") > fact.at("budget_plain_memory"));  // and what was added to is remembered
}

TEST_CASE("the other numbers of the compare prose, worked out by hand") {
  auto fact = facts("compare");
  CHECK(fact.at("cifar_steps") == 10 * 63);
  CHECK(fact.at("chance_sd") == Approx(std::sqrt(99)));
  const double right = fact.at("cifar_plain20_correct") / 1000;
  CHECK(fact.at("cifar_sd") == Approx(std::sqrt(1000 * right * (1 - right))));
  CHECK(fact.at("mnist_residual20_mults_ratio") == Approx(7'733'696.0 / 6'019'200));
}
