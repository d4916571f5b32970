#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

template <class T>
struct Linear {
  LinearGeometry g;
  std::vector<T> x, weight, bias, dy, y, dx, dw, db;

  explicit Linear(const LinearGeometry& geometry)
      : g(geometry),
        x(numbers<T>(g.n * g.i, 1)),
        weight(numbers<T>(g.o * g.i, 2)),
        bias(numbers<T>(g.o, 3)),
        dy(numbers<T>(g.n * g.o, 4)),
        y(dy.size()),
        dx(x.size()),
        dw(weight.size()),
        db(bias.size()) {}

  void run(const Backend<T>& backend) {
    backend.linear(g, x, weight, bias, y);
    backend.linear_backward(g, x, weight, dy, dx, dw, db);
  }
};

}  // namespace

TEST_CASE("linear: the reference computes an example that can be checked by hand", "[kernels]") {
  const LinearGeometry g{.n = 1, .i = 2, .o = 2};
  const std::vector<float> x{1, 2}, weight{3, 4, 5, 6}, bias{100, 200}, dy{1, 10};
  std::vector<float> y(2), dx(2), dw(4), db(2);
  reference_backend<float>().linear(g, x, weight, bias, y);
  CHECK(y == std::vector<float>{111, 217});
  reference_backend<float>().linear_backward(g, x, weight, dy, dx, dw, db);
  CHECK(dx == std::vector<float>{53, 64});
  CHECK(dw == std::vector<float>{1, 2, 10, 20});
  CHECK(db == std::vector<float>{1, 10});
}

TEST_CASE("linear: every SIMD table agrees with the reference", "[kernels]") {
  for (int64_t n : {1, 2, 3, 4, 5, 7, 16, 33, 64})
    for (int64_t i : {1, 3, 15, 16, 17, 70, 1408})
      for (int64_t o : {1, 2, 5, 10, 17}) {
        const LinearGeometry g{n, i, o};
        Linear<double> expected(g);
        expected.run(reference_backend<double>());
        for (const Backend<float>* backend : fast_backends()) {
          INFO(backend->name << ": x (" << n << ", " << i << "), weight (" << o << ", " << i << ")");
          Linear<float> actual(g);
          actual.run(*backend);
          check_close("y", actual.y, expected.y, 2e-6);
          check_close("dx", actual.dx, expected.dx, 2e-6);
          check_close("dw", actual.dw, expected.dw, 2e-6);
          check_close("db", actual.db, expected.db, 2e-6);
        }
      }
}

TEST_CASE("linear: what is not wanted is left out", "[kernels]") {
  for (const Backend<float>* backend : fast_backends()) {
    INFO(backend->name);
    Linear<float> all({.n = 9, .i = 37, .o = 6}), parts({.n = 9, .i = 37, .o = 6});
    all.run(*backend);
    backend->linear_backward(all.g, parts.x, parts.weight, parts.dy, parts.dx, {}, {});
    backend->linear_backward(all.g, parts.x, parts.weight, parts.dy, {}, parts.dw, {});
    backend->linear_backward(all.g, parts.x, parts.weight, parts.dy, {}, {}, parts.db);
    CHECK(parts.dx == all.dx);
    CHECK(parts.dw == all.dw);
    CHECK(parts.db == all.db);
    std::fill(all.bias.begin(), all.bias.end(), 0.0f);
    backend->linear(all.g, all.x, all.weight, all.bias, all.y);
    backend->linear(all.g, all.x, all.weight, {}, parts.y);
    CHECK(parts.y == all.y);
  }
}

TEST_CASE("linear: any number of threads gives the same bits", "[kernels]") {
  for (const Backend<float>* backend : simd_backends()) {
    INFO(backend->name);
    check_thread_counts([&] {
      Linear<float> linear({.n = 50, .i = 700, .o = 10});
      linear.run(*backend);
      std::vector<float> all = linear.y;
      for (const auto& part : {linear.dx, linear.dw, linear.db}) all.insert(all.end(), part.begin(), part.end());
      return all;
    });
  }
}

TEST_CASE("linear: gradients of the reference equal central differences", "[kernels][gradient]") {
  Linear<double> linear({.n = 3, .i = 5, .o = 4});
  linear.run(reference_backend<double>());
  const auto loss = [&] {
    reference_backend<double>().linear(linear.g, linear.x, linear.weight, linear.bias, linear.y);
    return dot(linear.y, linear.dy);
  };
  check_gradient("dx", linear.x, linear.dx, loss);
  check_gradient("dw", linear.weight, linear.dw, loss);
  check_gradient("db", linear.bias, linear.db, loss);
}
