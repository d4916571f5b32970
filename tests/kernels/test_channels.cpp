#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

namespace {

/// x (N, C, P) out of two arrays, with a normalisation of its own for each channel.
template <class T>
struct Parts {
  BatchNorm2dGeometry g;
  int64_t first;  // channels in the first array
  std::vector<T> one, other, mean, variance, dy, dx_one, dx_other, dw, db;
  std::vector<Channel<T>> each;
  std::vector<GradientChannel<T>> to;

  Parts(const BatchNorm2dGeometry& geometry, int64_t channels_of_one, bool add)
      : g(geometry),
        first(channels_of_one),
        one(numbers<T>(g.n * first * g.pixels, 1)),
        other(numbers<T>(g.n * (g.c - first) * g.pixels, 2)),
        mean(numbers<T>(g.c, 3)),
        variance(numbers<T>(g.c, 4)),
        dy(numbers<T>(g.n * g.c * g.pixels, 5)),
        dx_one(numbers<T>(g.n * first * g.pixels, 6)),
        dx_other(numbers<T>(g.n * (g.c - first) * g.pixels, 7)),
        dw(g.c),
        db(g.c) {
    const std::vector<T> weight = numbers<T>(g.c, 8), bias = numbers<T>(g.c, 9);
    for (int64_t c = 0; c < g.c; ++c) {
      variance[c] = variance[c] * variance[c] + T(0.25);
      const bool in_one = c < first;
      const int64_t at = (in_one ? c : c - first) * g.pixels, stride = (in_one ? first : g.c - first) * g.pixels;
      each.push_back({.data = (in_one ? one : other).data() + at,
                      .stride = stride,
                      .centre = mean[c],
                      .factor = weight[c] / std::sqrt(variance[c] + static_cast<T>(g.eps)),
                      .shift = bias[c]});
      to.push_back({.data = (in_one ? dx_one : dx_other).data() + at, .stride = stride, .add = add && in_one});
    }
  }
  Channels<T> channels(bool normalised, bool rectified) const {
    return {.each = each, .normalised = normalised, .rectified = rectified};
  }
};

std::vector<const Backend<float>*> backends_with_channels() {
  std::vector<const Backend<float>*> all = fast_backends();
  std::erase_if(all, [](const Backend<float>* backend) { return !backend->write_channels; });
  return all;
}

// Normalised or not, rectified or not.
constexpr bool states[][2] = {{false, false}, {false, true}, {true, false}, {true, true}};

}  // namespace

TEST_CASE("channels: every table writes what the reference does", "[kernels]") {
  for (const int64_t pixels : {1, 3, 16, 17, 100}) {
    for (const auto& [normalised, rectified] : states) {
      const BatchNorm2dGeometry g{.n = 3, .c = 5, .pixels = pixels};
      const Parts<double> expected(g, 2, false);
      std::vector<double> y(g.n * g.c * pixels);
      reference_backend<double>().write_channels(g.n, pixels, expected.channels(normalised, rectified), y);
      for (const Backend<float>* backend : backends_with_channels()) {
        INFO(backend->name << ": " << pixels << " pixels" << (normalised ? ", normalised" : "")
                           << (rectified ? ", rectified" : ""));
        const Parts<float> parts(g, 2, false);
        std::vector<float> actual(y.size());
        backend->write_channels(g.n, pixels, parts.channels(normalised, rectified), actual);
        check_close("y", actual, y, 1e-6);
      }
    }
  }
}

TEST_CASE("channels: the moments are those that batch_norm2d finds, bit for bit", "[kernels]") {
  const BatchNorm2dGeometry g{.n = 7, .c = 6, .pixels = 75};
  for (const Backend<float>* backend : backends_with_channels()) {
    INFO(backend->name);
    const std::vector<float> x = numbers<float>(g.n * g.c * g.pixels, 1), ones(g.c, 1.0f);
    std::vector<float> mean(g.c), variance(g.c), same_mean(g.c), same_variance(g.c), y(x.size());
    backend->channel_moments(g, x, mean, variance);
    backend->batch_norm2d(g, x, ones, ones, same_mean, same_variance, y);
    CHECK(mean == same_mean);
    CHECK(variance == same_variance);
  }
}

TEST_CASE("channels: the gradient of a normalisation agrees with the reference, new and added to", "[kernels]") {
  for (const int64_t pixels : {1, 5, 16, 49, 130}) {
    for (const bool training : {true, false}) {
      for (const bool rectified : {true, false}) {
        const BatchNorm2dGeometry g{.n = 4, .c = 5, .pixels = pixels, .training = training};
        Parts<double> expected(g, 3, true);
        reference_backend<double>().norm_channels_backward(g, expected.channels(true, rectified), expected.variance,
                                                           expected.dy, expected.to, expected.dw, expected.db);
        for (const Backend<float>* backend : backends_with_channels()) {
          INFO(backend->name << ": " << pixels << " pixels" << (training ? ", training" : "")
                             << (rectified ? ", rectified" : ""));
          Parts<float> actual(g, 3, true);
          backend->norm_channels_backward(g, actual.channels(true, rectified), actual.variance, actual.dy, actual.to,
                                          actual.dw, actual.db);
          check_close("dx, added", actual.dx_one, expected.dx_one, 2e-6);
          check_close("dx, new", actual.dx_other, expected.dx_other, 2e-6);
          check_close("dw", actual.dw, expected.dw, 2e-6);
          check_close("db", actual.db, expected.db, 2e-6);
          Parts<float> unwanted(g, 3, true);
          const std::vector<float> before = unwanted.dx_one;
          for (auto& channel : unwanted.to) channel.data = nullptr;
          backend->norm_channels_backward(g, unwanted.channels(true, rectified), unwanted.variance, unwanted.dy,
                                          unwanted.to, unwanted.dw, {});
          CHECK(unwanted.dx_one == before);
          CHECK(unwanted.dw == actual.dw);
        }
      }
    }
  }
}

TEST_CASE("channels: a convolution reads them as if they were written out", "[kernels]") {
  for (const int64_t k : {1, 3, 5}) {
    for (const int64_t n : {2, 19}) {
      for (const auto& [normalised, rectified] : states) {
        const Conv2dGeometry g{.n = n, .c = 9, .h = 7, .w = 9, .o = 8, .k = k, .padding = k / 2};
        const Parts<float> x({.n = n, .c = g.c, .pixels = g.h * g.w}, 4, false);
        const std::vector<float> weight = numbers<float>(g.o * g.c * k * k, 10), bias = numbers<float>(g.o, 11),
                                 dy = numbers<float>(n * g.o * g.h * g.w, 12);
        for (const Backend<float>* backend : backends_with_channels()) {
          INFO(backend->name << ": batch " << n << ", " << k << "x" << k << (normalised ? ", normalised" : "")
                             << (rectified ? ", rectified" : ""));
          const auto channels = x.channels(normalised, rectified);
          std::vector<float> written(n * g.c * g.h * g.w), y(dy.size()), same(dy.size());
          backend->write_channels(n, g.h * g.w, channels, written);
          backend->conv2d(g, written, weight, bias, y);
          backend->conv2d_channels(g, channels, weight, bias, same);
          check_close("y", same, std::vector<double>(y.begin(), y.end()), 1e-6);
          std::vector<float> dx(written.size()), dw(weight.size()), db(g.o), same_dx = dx, same_dw = dw, same_db = db;
          backend->conv2d_backward(g, written, weight, dy, dx, dw, db);
          backend->conv2d_channels_backward(g, channels, weight, dy, same_dx, same_dw, same_db);
          CHECK(same_dx == dx);
          CHECK(same_db == db);
          check_close("dw", same_dw, std::vector<double>(dw.begin(), dw.end()), 1e-6);
        }
      }
    }
  }
}

TEST_CASE("channels: any number of threads gives the same bits", "[kernels]") {
  for (const Backend<float>* backend : simd_backends()) {
    INFO(backend->name);
    check_thread_counts([&] {
      Parts<float> parts({.n = 20, .c = 11, .pixels = 150}, 5, true);
      const auto x = parts.channels(true, true);
      std::vector<float> all(parts.dy.size());
      backend->write_channels(parts.g.n, parts.g.pixels, x, all);
      backend->norm_channels_backward(parts.g, x, parts.variance, parts.dy, parts.to, parts.dw, parts.db);
      for (const auto& part : {parts.dx_one, parts.dx_other, parts.dw, parts.db})
        all.insert(all.end(), part.begin(), part.end());
      return all;
    });
  }
}
