#include <typeinfo>

#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "native/cuda/kernels.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

// How many copies `cat` and its gradient need: in a step op by op, and in the recorded one.
struct Copies {
  int64_t op_by_op, recorded;
  bool operator==(const Copies&) const = default;
};
std::ostream& operator<<(std::ostream& to, const Copies& copies) {
  return to << copies.op_by_op << " op by op, " << copies.recorded << " recorded";
}

Copies copies_of(const std::shared_ptr<nn::Module>& net) {
  net->to(&test_card());
  const Dataset data = slice(digits(), 0, 16);
  Trainer trainer(net, train_step, {.loader = {.batch_size = 4}, .epochs = 1}, data, data);
  const auto copies_of_step = [&] {
    Card::instance().let_fail(-1);  // counts from here on
    trainer.advance();
    return Card::instance().works(typeid(cuda::CopyRuns).name());
  };
  const int64_t op_by_op = copies_of_step();
  CHECK(copies_of_step() == op_by_op);  // the rehearsal
  const int64_t recorded = copies_of_step();
  CHECK(trainer.why_not_repeated() == "");
  return {op_by_op, recorded};
}

// Two convolutions of one input, and what a function makes of the two and joins; then one linear layer.
struct Joining : nn::Module {
  using Join = std::function<Variable(const Variable& left, const Variable& right)>;
  Join join;
  int64_t joined, pixels;
  explicit Joining(Join with, int64_t channels, int64_t size = 8)
      : join(std::move(with)), joined(channels), pixels(size) {}
  nn::Conv2d first = add("first", nn::Conv2d({.in = 1, .out = 2, .kernel = 28 - 2 * (pixels - 1), .stride = 2}));
  nn::Conv2d left = add("left", nn::Conv2d({.in = 2, .out = 3, .kernel = 3, .padding = 1}));
  nn::Conv2d right = add("right", nn::Conv2d({.in = 2, .out = 3, .kernel = 1}));
  nn::Linear fc = add("fc", nn::Linear({.in = joined * pixels * pixels, .out = 10}));
  Variable forward(Variable x) override {
    x = first(x);
    return log_softmax(fc(flatten(join(left(x), right(x)))));
  }
};

Copies copies_of(const Joining::Join& join, int64_t channels, int64_t pixels = 8) {
  manual_seed(1);
  return copies_of(std::make_shared<Joining>(join, channels, pixels));
}

const Joining::Join joins_both = [](const Variable& left, const Variable& right) { return cat({left, right}, 1); };

}  // namespace

TEST_CASE("in a recorded step convolutions write into slices of what `cat` joins, and read their gradients there",
          "[cuda_on_cpu]") {
  CHECK(copies_of(std::make_shared<inception::MainNet>()) == Copies{16, 0});
  CHECK(copies_of(joins_both, 6) == Copies{4, 0});
  // Each layer joins what was before, which is copied there and back, and its own channels.
  const dense::DenseNet::Options options{.in = 1, .depth = 16, .growth_rate = 4, .bottleneck = true, .compression = 50};
  CHECK(copies_of(std::make_shared<dense::DenseNet>(options)) == Copies{24, 12});
}

TEST_CASE("what others than convolutions make or read is copied, as what does not lie at a multiple of 16 bytes",
          "[cuda_on_cpu]") {
  CHECK(copies_of(
            [](const Variable& left, const Variable& right) {
              return cat({left, relu(right)}, 1);
            },
            6) == Copies{4, 2});
  CHECK(copies_of(
            [](const Variable& left, const Variable& right) {
              return cat({left, relu(left), right}, 1);
            },
            9) == Copies{6, 4});
  CHECK(copies_of(
            [](const Variable& left, const Variable& right) {
              return cat({left, left, right}, 1);
            },
            9) == Copies{6, 4});
  const auto joins_joined = [](const Variable& left, const Variable& right) {
    return cat({cat({left, right}, 1), right}, 1);
  };
  CHECK(copies_of(joins_joined, 9) == Copies{8, 6});
  CHECK(copies_of(joins_both, 6, 7) == Copies{4, 4});
  Variable kept;
  const auto keeps_one = [&](const Variable& left, const Variable& right) {
    kept = left;
    return cat({left, relu(relu(right))}, 1);
  };
  CHECK(copies_of(keeps_one, 6) == Copies{4, 3});
}

TEST_CASE("a step that joins otherwise than its rehearsal is not recorded", "[cuda_on_cpu]") {
  int steps = 0;
  const auto net = std::make_shared<Joining>(
      [&](const Variable& left, const Variable& right) {
        return ++steps == 3 ? cat({right, left}, 1) : cat({left, right}, 1);
      },
      6);
  net->to(&test_card());
  const Dataset data = slice(digits(), 0, 16);
  Trainer trainer(net, train_step, {.loader = {.batch_size = 4}, .epochs = 1}, data, data);
  for (int step = 0; step < 3; ++step) trainer.advance();
  CHECK(trainer.why_not_repeated() == "it uses its memory otherwise than the step before");
}

TEST_CASE("where cuDNN takes no slices, all is copied", "[cuda_on_cpu]") {
  shared_card().reset();  // it knows shapes
  Card::instance().convolves_slices = false;
  CHECK(copies_of(joins_both, 6) == Copies{4, 4});
  shared_card().reset();
  Card::instance().convolves_slices = true;
}
