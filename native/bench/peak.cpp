#include "native/bench/peak.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "native/bench/measure.hpp"

namespace cnnlab::bench {
namespace {

FmaLoop loop_in_use() {
  const std::string_view name = backend<float>().name;
#ifdef __x86_64__
  if (name == "avx512") return avx512_loop();
  if (name == "avx2+fma") return avx2_loop();
  if (name == "sse4.2") return sse4_2_loop();
#elif defined(__aarch64__)
  if (name == "neon") return neon_loop();
#endif
  fail(text("the peak of \"", name, "\" cannot be measured"));
}

}  // namespace

double measure_peak(int thread_count) {
  constexpr int64_t rounds = 4'000'000;
  const FmaLoop loop = loop_in_use();
  set_threads(thread_count);
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    volatile float result = 0;  // so that the loop is not dropped
    const double seconds = seconds_of([&] { parallel_for(thread_count, [&](int64_t) { result = loop.run(rounds); }); });
    const auto operations = static_cast<double>(2 * rounds * loop.multiply_adds * thread_count);
    best = std::max(best, operations / seconds * 1e-9);
  }
  return best;
}

double measure_copy(int thread_count) {
  constexpr int64_t numbers = 1 << 24;  // 64 MiB, read and written
  const std::vector<float> from(numbers, 1.0f);
  std::vector<float> to(numbers);
  set_threads(thread_count);
  double best = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const double seconds = seconds_of([&] {
      parallel_for(thread_count, [&](int64_t part) {
        std::copy(from.data() + numbers * part / thread_count, from.data() + numbers * (part + 1) / thread_count,
                  to.data() + numbers * part / thread_count);
      });
    });
    best = std::max(best, 2e-9 * static_cast<double>(numbers * sizeof(float)) / seconds);
  }
  return best;
}

}  // namespace cnnlab::bench
