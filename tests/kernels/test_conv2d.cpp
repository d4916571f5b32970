#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

template <class T>
struct Conv {
  Conv2dGeometry g;
  std::vector<T> x, weight, bias, dy, y, dx, dw, db;

  explicit Conv(const Conv2dGeometry& geometry)
      : g(geometry),
        x(numbers<T>(g.n * g.c * g.h * g.w, 1)),
        weight(numbers<T>(g.o * g.c * g.k * g.k, 2)),
        bias(numbers<T>(g.o, 3)),
        dy(numbers<T>(g.n * g.o * g.out_h() * g.out_w(), 4)),
        y(dy.size()),
        dx(x.size()),
        dw(weight.size()),
        db(bias.size()) {}

  void run(const Backend<T>& backend) {
    backend.conv2d(g, x, weight, bias, y);
    backend.conv2d_backward(g, x, weight, dy, dx, dw, db);
  }
};

std::string describe(const Conv2dGeometry& g) {
  return text("x (", g.n, ", ", g.c, ", ", g.h, ", ", g.w, "), weight (", g.o, ", ", g.c, ", ", g.k, ", ", g.k,
              "), stride ", g.stride, ", padding ", g.padding);
}

void compare(const Conv2dGeometry& g) {
  Conv<double> expected(g);
  expected.run(reference_backend<double>());
  for (const Backend<float>* backend : fast_backends()) {
    INFO(backend->name << ": " << describe(g));
    Conv<float> actual(g);
    actual.run(*backend);
    check_close("y", actual.y, expected.y, 2e-6);
    check_close("dx", actual.dx, expected.dx, 2e-6);
    check_close("dw", actual.dw, expected.dw, 2e-6);
    check_close("db", actual.db, expected.db, 2e-6);
  }
}

}  // namespace

TEST_CASE("conv2d: the reference computes an example that can be checked by hand", "[kernels]") {
  const Conv2dGeometry g{.n = 1, .c = 1, .h = 3, .w = 3, .o = 1, .k = 2};
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9}, weight{1, 0, 0, 10}, bias{100}, dy{1, 2, 3, 4};
  std::vector<float> y(4), dx(9), dw(4), db(1);
  reference_backend<float>().conv2d(g, x, weight, bias, y);
  CHECK(y == std::vector<float>{151, 162, 184, 195});
  reference_backend<float>().conv2d_backward(g, x, weight, dy, dx, dw, db);
  CHECK(dx == std::vector<float>{1, 2, 0, 3, 14, 20, 0, 30, 40});
  CHECK(dw == std::vector<float>{37, 47, 67, 77});
  CHECK(db == std::vector<float>{10});
}

TEST_CASE("conv2d: every SIMD table agrees with the reference on the layers of MainNet", "[kernels]") {
  for (const Conv2dGeometry& g : {
           Conv2dGeometry{.n = 3, .c = 1, .h = 28, .w = 28, .o = 10, .k = 5},
           Conv2dGeometry{.n = 17, .c = 10, .h = 12, .w = 12, .o = 16, .k = 1},
           Conv2dGeometry{.n = 9, .c = 16, .h = 12, .w = 12, .o = 24, .k = 5, .padding = 2},
           Conv2dGeometry{.n = 5, .c = 24, .h = 12, .w = 12, .o = 24, .k = 3, .padding = 1},
           Conv2dGeometry{.n = 2, .c = 88, .h = 12, .w = 12, .o = 20, .k = 5},
           Conv2dGeometry{.n = 35, .c = 20, .h = 4, .w = 4, .o = 24, .k = 3, .padding = 1},
       })
    compare(g);
}

TEST_CASE("conv2d: every SIMD table agrees with the reference on odd sizes, strides, paddings and batches",
          "[kernels]") {
  std::mt19937 random(5);
  const auto between = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % (high - low + 1));
  };
  for (int64_t k = 1; k <= 7; ++k)
    for (int64_t stride = 1; stride <= 3; ++stride)
      for (int64_t padding = 0; padding <= 3; ++padding) {
        const int64_t least = std::max<int64_t>(1, k - 2 * padding);
        compare({.n = between(1, 35),
                 .c = between(1, 11),
                 .h = between(least, least + 8),
                 .w = between(least, least + 8),
                 .o = between(1, 11),
                 .k = k,
                 .stride = stride,
                 .padding = padding});
      }
}

TEST_CASE("conv2d: every number of channels and every batch leaves the right remainder", "[kernels]") {
  for (int64_t channels = 1; channels <= 64; channels += channels < 16 ? 1 : 7) {
    compare({.n = 2, .c = channels, .h = 5, .w = 6, .o = 3, .k = 3, .padding = 1});
    compare({.n = 2, .c = 3, .h = 5, .w = 6, .o = channels, .k = 3, .padding = 1});
    compare({.n = 2, .c = channels, .h = 3, .w = 2, .o = channels, .k = 1});
  }
  for (int64_t n = 1; n <= 35; ++n) compare({.n = n, .c = 2, .h = 4, .w = 5, .o = 3, .k = 3});
}

TEST_CASE("conv2d: tiles of 2x2 cover planes of any size, in one piece and in many", "[kernels]") {
  for (const auto& [h, w] : {std::pair{1, 1}, {1, 5}, {2, 2}, {3, 8}, {8, 7}, {16, 16}, {5, 33}, {9, 70}})
    compare({.n = 17, .c = 9, .h = h, .w = w, .o = 10, .k = 3, .padding = 1});
  for (const int64_t k : {3, 5})
    for (int64_t padding = 0; padding < k; ++padding)
      for (const int64_t size : {7, 12})
        compare({.n = 17, .c = 9, .h = size, .w = size + 2, .o = 10, .k = k, .padding = padding});
  compare({.n = 3, .c = 100, .h = 9, .w = 8, .o = 9, .k = 5, .padding = 2});
  for (const int64_t channels : {8, 63, 64, 65, 130}) {  // they are transformed by the chunk
    compare({.n = 7, .c = channels, .h = 6, .w = 7, .o = 8, .k = 3, .padding = 1});
    compare({.n = 7, .c = 8, .h = 6, .w = 7, .o = channels, .k = 3, .padding = 1});
  }
}

TEST_CASE("conv2d: what is not wanted is left out, and the rest stays the same", "[kernels]") {
  const Conv2dGeometry g{.n = 18, .c = 5, .h = 7, .w = 6, .o = 7, .k = 3, .stride = 1, .padding = 1};
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    Conv<float> all(g), parts(g);
    all.run(*backend);
    backend->conv2d_backward(g, parts.x, parts.weight, parts.dy, parts.dx, {}, {});
    backend->conv2d_backward(g, parts.x, parts.weight, parts.dy, {}, parts.dw, {});
    backend->conv2d_backward(g, parts.x, parts.weight, parts.dy, {}, {}, parts.db);
    CHECK(parts.dx == all.dx);
    CHECK(parts.dw == all.dw);
    CHECK(parts.db == all.db);
    std::fill(all.bias.begin(), all.bias.end(), 0.0f);
    backend->conv2d(g, all.x, all.weight, all.bias, all.y);
    backend->conv2d(g, all.x, all.weight, {}, parts.y);
    CHECK(parts.y == all.y);
  }
}

TEST_CASE("conv2d: any number of threads gives the same bits", "[kernels]") {
  for (const Backend<float>* backend : simd_backends())
    for (int64_t n : {1, 3, 20, 50}) {
      INFO(backend->name << ", batch " << n);
      check_thread_counts([&] {
        Conv<float> conv({.n = n, .c = 9, .h = 8, .w = 7, .o = 13, .k = 3, .padding = 1});
        conv.run(*backend);
        std::vector<float> all = conv.y;
        for (const auto& part : {conv.dx, conv.dw, conv.db}) all.insert(all.end(), part.begin(), part.end());
        return all;
      });
    }
}

TEST_CASE("conv2d: NaN and infinity pass through", "[kernels]") {
  const Conv2dGeometry g{.n = 2, .c = 1, .h = 4, .w = 4, .o = 1, .k = 3};
  for (const Backend<float>* backend : fast_backends()) {
    INFO(backend->name);
    Conv<float> conv(g);
    conv.weight.assign(9, 1.0f);
    conv.x[0] = std::numeric_limits<float>::quiet_NaN();
    conv.x[16 + 15] = std::numeric_limits<float>::infinity();
    conv.run(*backend);
    CHECK(std::isnan(conv.y[0]));
    CHECK_FALSE(std::isnan(conv.y[1]));
    CHECK(std::isinf(conv.y[4 + 3]));
    CHECK(std::isfinite(conv.y[4 + 0]));
  }
}

TEST_CASE("conv2d: gradients of the reference equal central differences", "[kernels][gradient]") {
  for (const Conv2dGeometry& g : {Conv2dGeometry{.n = 2, .c = 3, .h = 5, .w = 4, .o = 2, .k = 3, .padding = 1},
                                  Conv2dGeometry{.n = 2, .c = 2, .h = 6, .w = 7, .o = 3, .k = 2, .stride = 2},
                                  Conv2dGeometry{.n = 1, .c = 2, .h = 4, .w = 3, .o = 2, .k = 1, .padding = 2}}) {
    INFO(describe(g));
    Conv<double> conv(g);
    conv.run(reference_backend<double>());
    const auto loss = [&] {
      reference_backend<double>().conv2d(g, conv.x, conv.weight, conv.bias, conv.y);
      return dot(conv.y, conv.dy);
    };
    check_gradient("dx", conv.x, conv.dx, loss);
    check_gradient("dw", conv.weight, conv.dw, loss);
    check_gradient("db", conv.bias, conv.db, loss);
  }
}
