#include <catch2/catch.hpp>

#include "lib/autograd/tape.hpp"
#include "lib/ops/ops.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

Tensor row(std::vector<float> values) { return Tensor({1, static_cast<int64_t>(values.size())}, values); }
Variable sum(const Variable& x) {
  return linear(view(x, {1, -1}), Variable(Tensor::full({1, x.value().numel()}, 1)), Variable());
}

}  // namespace

TEST_CASE("a copy of a variable is the same value") {
  Variable x(row({1, 2}), true);
  const Variable y = x;
  CHECK(x == y);
  CHECK(x.id() == y.id());
  x.accumulate_grad(row({3, 4}));
  CHECK(difference(y.grad(), row({3, 4})) == "");
  CHECK_FALSE(x == Variable(row({1, 2})));
}

TEST_CASE("backward adds to a parameter's gradient until it is cleared") {
  Variable x(row({1, -2}), true);
  sum(relu(x)).backward();
  CHECK(difference(x.grad(), row({1, 0})) == "");
  sum(add(x, x)).backward();
  CHECK(difference(x.grad(), row({3, 2})) == "");
  x.clear_grad();
  CHECK_FALSE(x.has_grad());
  sum(x).backward();
  CHECK(difference(x.grad(), row({1, 1})) == "");
}

TEST_CASE("one gradient does not change when another that came from the same tensor is added to") {
  Variable a(row({1, 2}), true), b(row({3, 4}), true);
  sum(add(add(a, b), a)).backward();  // add passes the same dy to both of its inputs
  CHECK(difference(a.grad(), row({2, 2})) == "");
  CHECK(difference(b.grad(), row({1, 1})) == "");
}

TEST_CASE("inputs without requires_grad get none, and nothing is computed for them") {
  Variable x(row({1, 2}));
  Variable w(row({5, 7}), true);
  linear(x, w, Variable()).backward();
  CHECK_FALSE(x.has_grad());
  CHECK(difference(w.grad(), row({1, 2})) == "");
}

TEST_CASE("a parameter that the loss does not depend on gets no gradient") {
  Variable x(row({1}), true), unused(row({1}), true);
  relu(unused);
  sum(x).backward();
  CHECK(x.has_grad());
  CHECK_FALSE(unused.has_grad());
}

TEST_CASE("intermediate gradients are dropped unless a tape records") {
  Variable x(row({1, 2}), true);
  const Variable y = relu(x);
  sum(y).backward();
  CHECK_FALSE(y.has_grad());

  const Tape tape;
  const Variable z = relu(x);
  sum(z).backward();
  CHECK(difference(z.grad(), row({1, 1})) == "");
}

TEST_CASE("ops under NoGrad remember nothing") {
  const Variable x(row({1, 2}), true);
  {
    const NoGrad outer;
    {
      const NoGrad inner;
      CHECK(NoGrad::active());
    }
    CHECK(NoGrad::active());
    const Variable y = relu(x);
    CHECK_FALSE(y.requires_grad());
    CHECK(y.node() == nullptr);
  }
  CHECK_FALSE(NoGrad::active());
  CHECK(relu(x).requires_grad());
}

TEST_CASE("autograd says what is wrong") {
  Variable x(row({1, 2}), true);
  CHECK_THROWS_WITH(Variable().value(), "variable: it was never given a value");
  CHECK_THROWS_WITH(x.grad(), "grad: this value has no gradient; call backward() on the loss first");
  x.set_name("weight");
  CHECK_THROWS_WITH(x.grad(), "grad: this value (weight) has no gradient; call backward() on the loss first");
  CHECK_THROWS_WITH(relu(x).backward(), "backward: it starts from one number (a loss), not from shape (1, 2)");
  CHECK_THROWS_WITH(Variable(row({1}), true).backward(), "backward: this value does not depend on any parameter");
  CHECK_THROWS_WITH(sum(Variable(row({1}))).backward(), "backward: this value does not depend on any parameter");
  CHECK_THROWS_WITH(x.accumulate_grad(row({1})), "gradient: shape (1, 1) does not fit a value of shape (1, 2)");
}

TEST_CASE("a graph can be used by one backward only") {
  const Variable x(row({1, 2}), true);
  const Variable loss = sum(x);
  loss.backward();
  CHECK_THROWS_WITH(loss.backward(),
                    "backward: the graph of this linear was used by an earlier backward and is gone; run the forward "
                    "pass again");
  // Also when two losses share a part of it.
  const Variable shared = relu(x), first = sum(shared), second = sum(shared);
  first.backward();
  CHECK_THROWS_WITH(second.backward(),
                    "backward: the graph of this relu was used by an earlier backward and is gone; run the forward "
                    "pass again");
}

TEST_CASE("a chain of a thousand ops is differentiated and freed") {
  Variable x(row({1, 2}), true);
  Variable y = x;
  for (int i = 0; i < 1000; ++i) y = relu(y);
  sum(y).backward();
  CHECK(difference(x.grad(), row({1, 1})) == "");
}
