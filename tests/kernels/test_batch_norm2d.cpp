#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

std::string describe(const BatchNorm2dGeometry& g) {
  return text("x (", g.n, ", ", g.c, "), planes of ", g.pixels, g.training ? ", training" : "");
}

std::vector<BatchNorm2dGeometry> geometries() {
  std::vector<BatchNorm2dGeometry> cases;
  for (const bool training : {true, false}) {
    for (const int64_t pixels : {1, 3, 4, 15, 16, 17, 63, 64, 65, 100})
      cases.push_back({.n = 3, .c = 2, .pixels = pixels, .training = training});
    cases.push_back({.n = 64, .c = 16, .pixels = 28 * 28, .training = training});
    cases.push_back({.n = 1, .c = 5, .pixels = 49, .eps = 0.1, .training = training});
  }
  return cases;
}

template <class T>
struct Norm {
  std::vector<T> x, weight, bias, mean, variance, dy, y, dx, dw, db;

  explicit Norm(const BatchNorm2dGeometry& g)
      : x(numbers<T>(g.n * g.c * g.pixels, 1)),
        weight(numbers<T>(g.c, 2)),
        bias(numbers<T>(g.c, 3)),
        mean(numbers<T>(g.c, 4)),
        variance(numbers<T>(g.c, 5)),
        dy(numbers<T>(g.n * g.c * g.pixels, 6)),
        y(x.size()),
        dx(x.size()),
        dw(weight.size()),
        db(weight.size()) {
    for (T& value : variance) value = value * value + T(0.25);
    for (size_t i = 0; i < x.size(); ++i) x[i] += static_cast<T>(i / g.pixels % g.c);  // each channel off centre
  }
  void run(const Backend<T>& backend, const BatchNorm2dGeometry& g) {
    backend.batch_norm2d(g, x, weight, bias, mean, variance, y);
    backend.batch_norm2d_backward(g, x, weight, mean, variance, dy, dx, dw, db);
  }
};

}  // namespace

TEST_CASE("batch_norm2d: every table agrees with the reference", "[kernels]") {
  for (const BatchNorm2dGeometry& g : geometries()) {
    Norm<double> expected(g);
    expected.run(reference_backend<double>(), g);
    for (const Backend<float>* backend : all_backends()) {
      INFO(backend->name << ": " << describe(g));
      const bool plain = backend == &reference_backend<float>();  // sums in single precision
      const double tolerance = plain ? 1e-4 : 2e-6;
      Norm<float> actual(g);
      actual.run(*backend, g);
      check_close("y", actual.y, expected.y, tolerance);
      check_close("mean", actual.mean, expected.mean, tolerance);
      check_close("variance", actual.variance, expected.variance, tolerance);
      check_close("dx", actual.dx, expected.dx, tolerance);
      check_close("dw", actual.dw, expected.dw, tolerance);
      check_close("db", actual.db, expected.db, tolerance);
      Norm<float> alone(g);  // gradients of the parameters without that of x
      alone.mean = actual.mean;
      alone.variance = actual.variance;
      backend->batch_norm2d_backward(g, alone.x, alone.weight, alone.mean, alone.variance, alone.dy, {}, alone.dw, {});
      CHECK(alone.dw == actual.dw);
    }
  }
}

TEST_CASE("batch_norm2d: the batch's mean becomes 0 and its biased variance 1", "[kernels]") {
  const BatchNorm2dGeometry g{.n = 2, .c = 1, .pixels = 2, .eps = 1e-12};
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const std::vector<float> x{1, 3, 5, 7}, weight{2}, bias{10};
    std::vector<float> mean(1), variance(1), y(4);
    backend->batch_norm2d(g, x, weight, bias, mean, variance, y);
    CHECK(mean[0] == 4);
    CHECK(variance[0] == 5);
    for (int i = 0; i < 4; ++i) CHECK(y[i] == Approx(10 + 2 * (x[i] - 4) / std::sqrt(5.0)));
  }
}

TEST_CASE("batch_norm2d: any number of threads gives the same bits", "[kernels]") {
  for (const Backend<float>* backend : simd_backends()) {
    INFO(backend->name);
    check_thread_counts([&] {
      const BatchNorm2dGeometry g{.n = 20, .c = 11, .pixels = 150};
      Norm<float> norm(g);
      norm.run(*backend, g);
      std::vector<float> all = norm.y;
      for (const auto& part : {norm.mean, norm.variance, norm.dx, norm.dw, norm.db})
        all.insert(all.end(), part.begin(), part.end());
      return all;
    });
  }
}

TEST_CASE("batch_norm2d: gradients of the reference equal central differences", "[kernels][gradient]") {
  const Backend<double>& reference = reference_backend<double>();
  for (const bool training : {true, false}) {
    const BatchNorm2dGeometry g{.n = 3, .c = 2, .pixels = 5, .training = training};
    INFO(describe(g));
    Norm<double> norm(g);
    norm.run(reference, g);
    const auto loss = [&] {
      reference.batch_norm2d(g, norm.x, norm.weight, norm.bias, norm.mean, norm.variance, norm.y);
      return dot(norm.y, norm.dy);
    };
    check_gradient("dx", norm.x, norm.dx, loss);
    check_gradient("dw", norm.weight, norm.dw, loss);
    check_gradient("db", norm.bias, norm.db, loss);
  }
}
