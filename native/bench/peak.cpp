#include "native/bench/peak.hpp"

#include <algorithm>
#include <string_view>

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

}  // namespace cnnlab::bench
