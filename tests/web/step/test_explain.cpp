#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/support/close.hpp"
#include "tests/web/step/run.hpp"
#include "web/lab/step/explain.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using Phase = Trace::Phase;

TEST_CASE("what explains a number makes that number, for every op of the net") {
  MainNetRun run;
  for (int i = 0; i < 28; ++i) {
    run.trace.go(i);
    const Tensor& output = run.trace.current()->shown[0].tensor;
    INFO(run.trace.current()->name);
    // The corners, where windows meet the padding, and numbers in between.
    for (int64_t element = 0; element < output.numel(); element += std::max<int64_t>(1, (output.numel() - 1) / 97)) {
      const auto e = explain(run.trace, {0, element});
      REQUIRE(e);
      CHECK(e->value == output.data()[element]);
      CHECK(e->result() == Approx(e->value).margin(1e-5));
      for (const Explanation::Term& term : e->terms)
        CHECK(term.x == run.trace.current()->in[term.input].tensor.data()[term.element]);
    }
  }
}

TEST_CASE("a convolution's number is explained by its window, the kernel and the products") {
  MainNetRun run;
  run.go(Phase::forward, "incept1.branch5x5_2");
  const int64_t corner = 3 * 12 * 12;  // channel 3, row 0, column 0
  const auto e = explain(run.trace, {0, corner});
  CHECK(e->terms.size() == 16 * 3 * 3);  // of 5×5, 3×3 lie on the image
  CHECK(e->window->top == -2);
  CHECK(e->window->left == -2);
  CHECK(e->window->size == 5);
  CHECK(e->window->channels == 16);
  CHECK(e->patch->shape() == Shape{1, 16, 5, 5});
  CHECK(e->patch->data()[0] == 0);
  CHECK(e->kernel->data()[0] == run.net->incept1.branch5x5_2.weight.value().data()[3 * 16 * 25]);
  CHECK(*e->bias == run.net->incept1.branch5x5_2.bias.value().data()[3]);
  double sum = static_cast<double>(*e->bias);
  for (const float product : e->products->data()) sum += static_cast<double>(product);
  CHECK(sum == Approx(e->value).margin(1e-5));
}

TEST_CASE("pooling's numbers are explained by the winner, and by the mean with the padding") {
  MainNetRun run;
  run.go(Phase::forward, "max_pool2d");
  const auto most = explain(run.trace, {0, 12 * 12 + 12 + 1});  // channel 1, row 1, column 1
  REQUIRE(most->terms.size() == 4);
  CHECK(most->window->top == 2);
  CHECK(most->window->first_channel == 1);
  CHECK(most->terms[most->winner].x == most->value);
  run.go(Phase::forward, "incept1.avg_pool2d");
  const auto mean = explain(run.trace, {0, 0});
  CHECK(mean->terms.size() == 4);
  CHECK(mean->divisor == 9);
}

TEST_CASE("a joined number is found in its part") {
  MainNetRun run;
  run.go(Phase::forward, "incept1.cat");
  const auto e = explain(run.trace, {0, (16 + 24 + 5) * 144 + 7});  // the third branch's channel 5
  REQUIRE(e->terms.size() == 1);
  CHECK(e->terms[0].input == 2);
  CHECK(e->terms[0].element == 5 * 144 + 7);
}

TEST_CASE("what explains a gradient's number makes that number, for every op and each of its inputs") {
  MainNetRun run;
  for (int i = 28; i < 56; ++i) {
    run.trace.go(i);
    for (size_t tensor = 0; tensor < run.trace.current()->shown.size(); ++tensor) {
      const auto& [name, gradient] = run.trace.current()->shown[tensor];
      INFO(run.trace.current()->name << ": " << name);
      float most = 0;
      for (const float value : gradient.data()) most = std::max(most, std::abs(value));
      for (int64_t element = 0; element < gradient.numel();
           element += std::max<int64_t>(1, (gradient.numel() - 1) / 97)) {
        const auto e = explain(run.trace, {tensor, element});
        REQUIRE(e);
        CHECK(e->value == gradient.data()[element]);
        CHECK(std::abs(e->result() - static_cast<double>(e->value)) < 1e-5 * static_cast<double>(most));
      }
    }
  }
}

TEST_CASE("a parameter's new value is explained") {
  MainNetRun run({.lr = 0.25, .momentum = 0.9});
  for (int i = 56; i < run.trace.length(); ++i) {
    run.trace.go(i);
    const auto e = explain(run.trace, {0, 0});
    CHECK(e->value == run.trace.current()->shown[0].tensor.data()[0]);
    CHECK(e->result() == Approx(e->value).margin(1e-7));
  }
}

TEST_CASE("only what is there is explained") {
  MainNetRun run;
  CHECK_FALSE(explain(run.trace, {0, -1}));
  CHECK_FALSE(explain(run.trace, {0, 10 * 24 * 24}));
  CHECK_FALSE(explain(run.trace, {1, 0}));
  CHECK_FALSE(explain(Trace(), {0, 0}));
  CHECK_FALSE(Trace().pointed());
  CHECK(position_text({2, 3, 4, 5}, 119) == "[1, 2, 3, 4]");
  CHECK(position_text({}, 0) == "[]");
}

TEST_CASE("what is explained is under the pointer, else picked, else the largest") {
  MainNetRun run;
  const Tensor& output = run.trace.current()->shown[0].tensor;
  const auto largest = run.trace.pointed();
  for (const float value : output.data()) CHECK(value <= output.data()[largest->element]);
  run.trace.pick(Trace::Pick{0, 5});
  CHECK(run.trace.pointed()->element == 5);
  run.trace.hover(Trace::Pick{0, 9});
  CHECK(run.trace.pointed()->element == 9);
  run.trace.hover({});
  CHECK(run.trace.pointed()->element == 5);
}
