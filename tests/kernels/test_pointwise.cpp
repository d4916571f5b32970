#include <limits>

#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("relu: zero below zero, NaN stays NaN, and the slope at zero is zero", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    for (size_t length : {1, 5, 16, 17, 100}) {
      INFO(backend->name << ", length " << length);
      auto x = numbers<float>(static_cast<int64_t>(length), 1);
      const std::vector<float> dy(length, 3.0f);
      x[length / 2] = 0;
      std::vector<float> y(length), dx(length);
      backend->relu(x, y);
      backend->relu_backward(x, dy, dx);
      for (size_t i = 0; i < length; ++i) {
        CHECK(y[i] == std::max(x[i], 0.0f));
        CHECK(dx[i] == (x[i] > 0 ? 3.0f : 0.0f));
      }
      x[0] = not_a_number;
      backend->relu(x, y);
      backend->relu_backward(x, dy, dx);
      CHECK(std::isnan(y[0]));
      CHECK(dx[0] == 3);
    }
  }
}

TEST_CASE("relu, add and copy_runs: the reference's bits at any length and for any number of threads", "[kernels]") {
  const Backend<float>& reference = reference_backend<float>();
  for (const Backend<float>* backend : all_backends()) {
    // Around a vector, around a piece that one thread takes, and several of them.
    for (const int64_t length : {0, 1, 15, 33, 16'383, 16'385, 50'001}) {
      INFO(backend->name << ", length " << length);
      const auto a = numbers<float>(length, 1), b = numbers<float>(length, 2);
      const auto both = [&](const auto& compute) {
        std::vector<float> expected(a.size());
        compute(reference, expected);
        check_thread_counts([&] {
          std::vector<float> y(a.size(), not_a_number);
          compute(*backend, y);
          CHECK(y == expected);
          return y;
        });
      };
      both([&](const Backend<float>& kernels, std::vector<float>& y) { kernels.relu(a, y); });
      both([&](const Backend<float>& kernels, std::vector<float>& y) { kernels.relu_backward(a, b, y); });
      both([&](const Backend<float>& kernels, std::vector<float>& y) { kernels.add(a, b, y); });
    }
  }
  struct Runs {
    int64_t rows, run, from_stride, to_stride;
  };
  for (const Backend<float>* backend : all_backends()) {
    for (const auto& [rows, run, from_stride, to_stride] :
         {Runs{0, 3, 3, 5}, Runs{4, 0, 3, 5}, Runs{5000, 7, 9, 11}, Runs{3, 20'001, 20'001, 30'000}}) {
      INFO(backend->name << ", " << rows << " runs of " << run);
      const auto from = numbers<float>(rows * from_stride, 3);
      std::vector<float> expected(static_cast<size_t>(rows * to_stride), 5.0f);
      reference.copy_runs(rows, run, from, from_stride, expected, to_stride);
      check_thread_counts([&, rows = rows, run = run, from_stride = from_stride, to_stride = to_stride] {
        std::vector<float> to(static_cast<size_t>(rows * to_stride), 5.0f);
        backend->copy_runs(rows, run, from, from_stride, to, to_stride);
        CHECK(to == expected);
        return to;
      });
    }
  }
}

TEST_CASE("add and copy_runs", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{10, 20, 30, 40, 50, 60};
    std::vector<float> y(6);
    backend->add(a, b, y);
    CHECK(y == std::vector<float>{11, 22, 33, 44, 55, 66});
    std::vector<float> joined(10, 0.0f);
    backend->copy_runs(2, 3, a, 3, joined, 5);
    CHECK(joined == std::vector<float>{1, 2, 3, 0, 0, 4, 5, 6, 0, 0});
  }
}

TEST_CASE("log_softmax: large numbers do not overflow, rows sum to one", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const std::vector<float> x{1000, 1000, -1000, 0.5f, 0.5f, 0.5f};
    std::vector<float> y(6);
    backend->log_softmax(2, 3, x, y);
    CHECK(y[0] == Approx(-std::log(2.0)));
    CHECK(y[2] == Approx(-2000 - std::log(2.0)));
    CHECK(y[3] == Approx(-std::log(3.0)));
  }
}

TEST_CASE("nll_loss: the mean of what the labels name", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const std::vector<float> x{-1, -2, -3, -4, -5, -6};
    const std::vector<int32_t> labels{2, 0};
    std::vector<float> dx(6), loss(1);
    backend->nll_loss(2, 3, x, labels, loss);
    CHECK(loss[0] == 3.5f);
    backend->nll_loss_backward(2, 3, labels, std::vector{4.0f}, dx);
    CHECK(dx == std::vector<float>{0, 0, -2, -2, 0, 0});
  }
}

TEST_CASE("log_softmax and nll_loss: gradients of the reference equal central differences", "[kernels][gradient]") {
  const Backend<double>& reference = reference_backend<double>();
  auto x = numbers<double>(12, 1);
  std::vector<double> y(12), dy(12), dx(12), mean(1);
  const std::vector<int32_t> labels{3, 0, 2};
  const auto loss = [&] {
    reference.log_softmax(3, 4, x, y);
    reference.nll_loss(3, 4, y, labels, mean);
    return mean[0];
  };
  loss();
  reference.nll_loss_backward(3, 4, labels, std::vector{1.0}, dy);
  reference.log_softmax_backward(3, 4, y, dy, dx);
  check_gradient("dx", x, dx, loss);
}

TEST_CASE("relu: gradient of the reference equals central differences", "[kernels][gradient]") {
  auto x = numbers<double>(20, 2);
  const auto dy = numbers<double>(20, 3);
  std::vector<double> y(20), dx(20);
  reference_backend<double>().relu_backward(x, dy, dx);
  check_gradient("dx", x, dx, [&] {
    reference_backend<double>().relu(x, y);
    return dot(y, dy);
  });
}

// Expected values: torch.optim.SGD (PyTorch 1.13), two steps from parameter 1 with gradients 0.5 and −0.25.
TEST_CASE("sgd_step: PyTorch's formula in all its settings", "[kernels]") {
  struct Case {
    SgdSettings settings;
    double after_one, after_two;
  };
  const std::vector<Case> cases{
      {{.lr = 0.1}, 0.95, 0.975},
      {{.lr = 0.1, .momentum = 0.5}, 0.95, 0.95},
      {{.lr = 0.1, .momentum = 0.5, .dampening = 0.25}, 0.95, 0.94375},
      {{.lr = 0.1, .momentum = 0.5, .weight_decay = 0.1}, 0.94, 0.9256},
      {{.lr = 0.1, .momentum = 0.5, .nesterov = true}, 0.925, 0.95},
  };
  for (const Backend<float>* backend : all_backends()) {
    for (const Case& c : cases) {
      INFO(backend->name << ", momentum " << c.settings.momentum << ", dampening " << c.settings.dampening);
      std::vector<float> gradient(19, 0.5f), parameter(19, 1.0f);
      std::vector<float> velocity(c.settings.momentum > 0 ? 19 : 0, not_a_number);
      const auto step = [&](bool first) {
        backend->sgd_step(c.settings, std::vector<SgdParameter<float>>{{first, gradient, velocity, parameter}});
      };
      step(true);
      for (float value : parameter) CHECK(value == Approx(c.after_one));
      gradient.assign(19, -0.25f);
      step(false);
      for (float value : parameter) CHECK(value == Approx(c.after_two));
    }
  }
}
