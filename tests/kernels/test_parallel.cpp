#include <atomic>
#include <chrono>
#include <thread>

#include "tests/kernels/support.hpp"

using namespace cnnlab;
using namespace cnnlab::test;

TEST_CASE("parallel_for: every task runs exactly once, again and again", "[kernels]") {
  for (int count : {1, 2, 3, 8}) {
    WithThreads many(count);
    for (int repeat = 0; repeat < 300; ++repeat) {
      std::vector<std::atomic<int>> runs(static_cast<size_t>(repeat % 40));
      parallel_for(static_cast<int64_t>(runs.size()), [&](int64_t i) { ++runs[static_cast<size_t>(i)]; });
      REQUIRE(std::all_of(runs.begin(), runs.end(), [](const auto& n) { return n == 1; }));
    }
  }
}

TEST_CASE("parallel_for: tasks of any size run exactly once, and small work stays on the calling thread", "[kernels]") {
  const WithThreads many(3);
  for (const int64_t size : {0, 1, 100, 5000, 1 << 20}) {
    for (const int64_t count : {0, 1, 2, 7, 300}) {
      std::vector<std::atomic<int>> runs(static_cast<size_t>(count));
      std::atomic<int> elsewhere = 0;
      const auto caller = std::this_thread::get_id();
      parallel_for(count, size, [&](int64_t i) {
        ++runs[static_cast<size_t>(i)];
        elsewhere += std::this_thread::get_id() != caller;
      });
      REQUIRE(std::all_of(runs.begin(), runs.end(), [](const auto& n) { return n == 1; }));
      if (count * size < 5000) CHECK(elsewhere == 0);
    }
  }
}

TEST_CASE("parallel_for: helpers that sleep are woken, and a caller that has slept too", "[kernels]") {
  const WithThreads many(2);
  using std::chrono::milliseconds;
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::this_thread::sleep_for(milliseconds(repeat % 3));
    std::atomic<int> runs = 0;
    parallel_for(2, [&](int64_t) {
      std::this_thread::sleep_for(milliseconds(1));  // so that the other task is the helper's, if it comes
      ++runs;
    });
    REQUIRE(runs == 2);
  }
}

TEST_CASE("set_threads: refuses what makes no sense", "[kernels]") {
  CHECK_THROWS_WITH(set_threads(0), "set_threads: expected 1 to 256 threads, got 0");
  CHECK_THROWS_WITH(set_threads(257), "set_threads: expected 1 to 256 threads, got 257");
  CHECK(max_threads() >= 1);
}

TEST_CASE("backends: the best SIMD table comes first and is the default", "[kernels]") {
  REQUIRE_FALSE(simd_backends().empty());
  CHECK(simd_backends().front() == &simd_backend());
  CHECK(&backend<float>() == &simd_backend());
  use_backend(reference_backend<float>());
  CHECK(&backend<float>() == &reference_backend<float>());
  use_backend(simd_backend());
  CHECK(&backend<double>() == &reference_backend<double>());
}
