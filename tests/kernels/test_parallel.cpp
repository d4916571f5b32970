#include <atomic>

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
