#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab::test {

/// The same numbers in −1 … 1 for the same seed. They are multiples of 1/1024: exact in float and in double, so that
/// both compute on the same input.
template <class T>
std::vector<T> numbers(int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(static_cast<int>(random() % 2049) - 1024) / 1024;
  return values;
}

/// Tables of kernels that a part of this binary adds (CUDA's).
inline std::vector<const Backend<float>*>& added_backends() {
  static std::vector<const Backend<float>*> added;
  return added;
}
/// What is compared with the reference: all SIMD tables, and the added ones.
inline std::vector<const Backend<float>*> fast_backends() {
  std::vector<const Backend<float>*> backends(simd_backends().begin(), simd_backends().end());
  backends.insert(backends.end(), added_backends().begin(), added_backends().end());
  return backends;
}
inline std::vector<const Backend<float>*> all_backends() {
  std::vector<const Backend<float>*> backends = fast_backends();
  backends.push_back(&reference_backend<float>());
  return backends;
}

/// Fails on the element that lies farthest from what was expected, measured against the largest number expected.
template <class T>
void check_close(const std::string& what, const std::vector<T>& actual, const std::vector<double>& expected,
                 double tolerance) {
  REQUIRE(actual.size() == expected.size());
  double scale = 1e-3, worst = -1;
  size_t where = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
    scale = std::max(scale, std::abs(expected[i]));
    if (difference > worst || std::isnan(difference)) {
      worst = difference;
      where = i;
      if (std::isnan(difference)) break;
    }
  }
  if (actual.empty()) return;
  INFO(what << "[" << where << "] is " << actual[where] << ", expected " << expected[where] << " (largest: " << scale
            << ")");
  CHECK(worst <= tolerance * scale);
}

/// Compares a gradient in double precision with central differences of `loss`, a function of `x`; the worst element is
/// named.
template <class Loss>
void check_gradient(const std::string& what, std::vector<double>& x, const std::vector<double>& gradient,
                    const Loss& loss) {
  constexpr double h = 1e-5;
  std::vector<double> differences;
  for (double& value : x) {
    const double before = value;
    value = before + h;
    const double above = loss();
    value = before - h;
    const double below = loss();
    value = before;
    differences.push_back((above - below) / (2 * h));
  }
  check_close(what, gradient, differences, 1e-8);
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Sets the number of threads, and sets it back.
class WithThreads {
 public:
  explicit WithThreads(int count) : before_(threads()) { set_threads(count); }
  ~WithThreads() { set_threads(before_); }
  WithThreads(const WithThreads&) = delete;
  WithThreads& operator=(const WithThreads&) = delete;

 private:
  int before_;
};

/// Runs `compute` (which returns the numbers it computed) with 1, 2, 3, 5 and 8 threads and expects the same bits.
template <class Compute>
void check_thread_counts(const Compute& compute) {
  const std::vector<float> alone = [&] {
    WithThreads one(1);
    return compute();
  }();
  for (int count : {2, 3, 5, 8}) {
    WithThreads many(count);
    INFO(count << " threads");
    CHECK(compute() == alone);
  }
}

}  // namespace cnnlab::test
