#include <limits>
#include <numeric>

#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

std::string describe(const Pool2dGeometry& g) {
  return text("x (", g.n, ", ", g.c, ", ", g.h, ", ", g.w, "), window ", g.k, ", stride ", g.stride, ", padding ",
              g.padding);
}

std::vector<Pool2dGeometry> geometries() {
  std::vector<Pool2dGeometry> cases{{.n = 2, .c = 3, .h = 24, .w = 24, .k = 2, .stride = 2},
                                    {.n = 1, .c = 2, .h = 12, .w = 12, .k = 3, .stride = 1, .padding = 1},
                                    {.n = 3, .c = 5, .h = 4, .w = 4, .k = 3, .stride = 1, .padding = 1}};
  for (int64_t k = 1; k <= 4; ++k)
    for (int64_t stride = 1; stride <= 3; ++stride)
      for (int64_t padding = 0; 2 * padding <= k; ++padding)
        for (int64_t size = k; size <= 9; size += 1 + size % 3)
          cases.push_back({.n = 2, .c = 2, .h = size, .w = size + 2, .k = k, .stride = stride, .padding = padding});
  return cases;
}

template <class T>
struct Pool {
  std::vector<T> x, dy, y, dx;
  std::vector<int32_t> argmax;

  explicit Pool(const Pool2dGeometry& g)
      : x(numbers<T>(g.n * g.c * g.h * g.w, 1)),
        dy(numbers<T>(g.n * g.c * g.out_h() * g.out_w(), 2)),
        y(dy.size()),
        dx(x.size()),
        argmax(dy.size()) {}
};

}  // namespace

TEST_CASE("max_pool2d: the first of equals, NaN above all, padding below all", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const Pool2dGeometry g{.n = 1, .c = 1, .h = 2, .w = 8, .k = 2, .stride = 2};
    const std::vector<float> x{5, 5,         not_a_number,
                               1, -infinity, -infinity,
                               1, 2,  //
                               5, 5,         9,
                               2, -infinity, -infinity,
                               9, infinity};
    std::vector<float> y(4);
    std::vector<int32_t> argmax(4);
    backend->max_pool2d(g, x, y, argmax);
    CHECK(y[0] == 5);
    CHECK(std::isnan(y[1]));
    CHECK(y[2] == -infinity);
    CHECK(y[3] == infinity);
    CHECK(argmax == std::vector<int32_t>{0, 2, 4, 15});

    const Pool2dGeometry padded{.n = 1, .c = 1, .h = 2, .w = 2, .k = 2, .stride = 1, .padding = 1};
    std::vector<float> out(9);
    std::vector<int32_t> places(9);
    backend->max_pool2d(padded, std::vector<float>{-1, -2, -3, -4}, out, places);
    CHECK(out == std::vector<float>{-1, -1, -2, -1, -1, -2, -3, -3, -4});
    CHECK(places == std::vector<int32_t>{0, 0, 1, 0, 0, 1, 2, 2, 3});
  }
}

TEST_CASE("max_pool2d: every SIMD table agrees with the reference", "[kernels]") {
  for (const Pool2dGeometry& g : geometries()) {
    Pool<double> expected(g);
    reference_backend<double>().max_pool2d(g, expected.x, expected.y, expected.argmax);
    reference_backend<double>().max_pool2d_backward(g, expected.argmax, expected.dy, expected.dx);
    for (const Backend<float>* backend : all_backends()) {
      INFO(backend->name << ": " << describe(g));
      Pool<float> actual(g);
      backend->max_pool2d(g, actual.x, actual.y, actual.argmax);
      backend->max_pool2d_backward(g, actual.argmax, actual.dy, actual.dx);
      check_close("y", actual.y, expected.y, 0);
      CHECK(actual.argmax == expected.argmax);
      check_close("dx", actual.dx, expected.dx, 1e-6);
    }
  }
}

TEST_CASE("avg_pool2d: padding counts", "[kernels]") {
  for (const Backend<float>* backend : all_backends()) {
    INFO(backend->name);
    const Pool2dGeometry g{.n = 1, .c = 1, .h = 2, .w = 2, .k = 2, .stride = 2, .padding = 1};
    std::vector<float> y(4);
    backend->avg_pool2d(g, std::vector<float>{4, 8, 12, not_a_number}, y);
    CHECK(y[0] == 1);
    CHECK(y[1] == 2);
    CHECK(y[2] == 3);
    CHECK(std::isnan(y[3]));
  }
}

TEST_CASE("avg_pool2d: every SIMD table agrees with the reference", "[kernels]") {
  for (const Pool2dGeometry& g : geometries()) {
    Pool<double> expected(g);
    reference_backend<double>().avg_pool2d(g, expected.x, expected.y);
    reference_backend<double>().avg_pool2d_backward(g, expected.dy, expected.dx);
    for (const Backend<float>* backend : all_backends()) {
      INFO(backend->name << ": " << describe(g));
      Pool<float> actual(g);
      backend->avg_pool2d(g, actual.x, actual.y);
      backend->avg_pool2d_backward(g, actual.dy, actual.dx);
      check_close("y", actual.y, expected.y, 1e-6);
      check_close("dx", actual.dx, expected.dx, 1e-6);
    }
  }
}

TEST_CASE("global_avg_pool2d: every SIMD table agrees with the reference", "[kernels]") {
  for (const int64_t pixels : {1, 3, 16, 49, 64, 100, 1000}) {
    const auto x = numbers<double>(5 * pixels, 1), dy = numbers<double>(5, 2);
    std::vector<double> y(5), dx(x.size());
    reference_backend<double>().global_avg_pool2d(5, pixels, x, y);
    reference_backend<double>().global_avg_pool2d_backward(5, pixels, dy, dx);
    CHECK(y[1] == Approx(std::accumulate(x.begin() + pixels, x.begin() + 2 * pixels, 0.0) / static_cast<double>(pixels))
                      .margin(1e-12));
    for (const Backend<float>* backend : all_backends()) {
      INFO(backend->name << ", planes of " << pixels);
      std::vector<float> means(5), spread(x.size());
      backend->global_avg_pool2d(5, pixels, numbers<float>(5 * pixels, 1), means);
      backend->global_avg_pool2d_backward(5, pixels, numbers<float>(5, 2), spread);
      check_close("y", means, y, 2e-6);
      check_close("dx", spread, dx, 1e-6);
    }
  }
}

TEST_CASE("pooling: any number of threads gives the same bits", "[kernels]") {
  for (const Backend<float>* backend : simd_backends()) {
    INFO(backend->name);
    check_thread_counts([&] {
      const Pool2dGeometry g{.n = 20, .c = 11, .h = 12, .w = 12, .k = 3, .stride = 1, .padding = 1};
      Pool<float> max(g), mean(g);
      backend->max_pool2d(g, max.x, max.y, max.argmax);
      backend->max_pool2d_backward(g, max.argmax, max.dy, max.dx);
      backend->avg_pool2d(g, mean.x, mean.y);
      backend->avg_pool2d_backward(g, mean.dy, mean.dx);
      std::vector<float> means(20 * 11), spread(max.x.size());
      backend->global_avg_pool2d(20 * 11, 144, max.x, means);
      backend->global_avg_pool2d_backward(20 * 11, 144, means, spread);
      std::vector<float> all = max.y;
      for (const auto& part : {max.dx, mean.y, mean.dx, means, spread}) all.insert(all.end(), part.begin(), part.end());
      return all;
    });
  }
}

TEST_CASE("pooling: gradients of the reference equal central differences", "[kernels][gradient]") {
  const Backend<double>& reference = reference_backend<double>();
  for (const Pool2dGeometry& g : {Pool2dGeometry{.n = 2, .c = 2, .h = 4, .w = 6, .k = 2, .stride = 2},
                                  Pool2dGeometry{.n = 1, .c = 2, .h = 5, .w = 4, .k = 3, .stride = 1, .padding = 1}}) {
    INFO(describe(g));
    Pool<double> max(g), mean(g);
    reference.max_pool2d(g, max.x, max.y, max.argmax);
    reference.max_pool2d_backward(g, max.argmax, max.dy, max.dx);
    check_gradient("max_pool2d dx", max.x, max.dx, [&] {
      reference.max_pool2d(g, max.x, max.y, max.argmax);
      return dot(max.y, max.dy);
    });
    reference.avg_pool2d_backward(g, mean.dy, mean.dx);
    check_gradient("avg_pool2d dx", mean.x, mean.dx, [&] {
      reference.avg_pool2d(g, mean.x, mean.y);
      return dot(mean.y, mean.dy);
    });
  }
}
