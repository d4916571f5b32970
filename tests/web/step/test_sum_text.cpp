#include <catch2/catch.hpp>

#include "tests/web/step/run.hpp"
#include "web/lab/step/sum_text.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using Phase = Trace::Phase;

namespace {

std::string sum_of(const MainNetRun& run, int64_t element, Language language = Language::english) {
  return sum_text(run.trace, *explain(run.trace, {0, element}), language);
}

Explanation sum(std::vector<Explanation::Term> terms, float value) {
  return {.kind = Explanation::Kind::sum, .value = value, .terms = std::move(terms)};
}

}  // namespace

TEST_CASE("a sum is written out, a long one with its largest terms and the rest in one") {
  const MainNetRun run;
  CHECK(sum_text(run.trace, sum({{0, 0, 0.5f, 2}, {0, 1, -3, -0.25f}}, 1.75f), Language::english) ==
        "0.5·2 + (−3)·(−0.25) = 1.75");
  Explanation e = sum({{0, 0, 1, 1}, {0, 1, 1, 2}, {0, 2, 1, -8}, {0, 3, 1, 4}, {0, 4, 1, 5}, {0, 5, 1, 6}}, 9.5f);
  e.bias = -0.5f;
  CHECK(sum_text(run.trace, e, Language::english) == "1·(−8) + 1·6 + 1·5 + 1·4 + 3 (2 others) + (−0.5) (bias) = 9.5");
  CHECK(sum_text(run.trace, e, Language::korean) == "1·(−8) + 1·6 + 1·5 + 1·4 + 3 (나머지 2개) + (−0.5) (편향) = 9.5");
}

TEST_CASE("every other kind of number has its formula") {
  MainNetRun run;
  run.go(Phase::forward, "max_pool2d");
  CHECK(sum_of(run, 0).starts_with("max("));
  run.go(Phase::forward, "incept1.avg_pool2d");
  CHECK(sum_of(run, 13).find(")/9 = ") != std::string::npos);
  run.go(Phase::forward, "incept1.cat");
  CHECK(sum_of(run, 0).starts_with("incept1.branch1x1[0, 0, 0, 0] = "));
  run.go(Phase::forward, "log_softmax");
  CHECK(sum_of(run, 3).find(" − log Σ exp = ") != std::string::npos);
  run.go(Phase::forward, "nll_loss");
  CHECK(sum_of(run, 0).starts_with("−(−"));
}
