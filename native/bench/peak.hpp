#pragma once
#include <cstdint>

namespace cnnlab::bench {

/// A loop of nothing but multiply-adds.
struct FmaLoop {
  float (*run)(int64_t rounds);
  int64_t multiply_adds;  ///< in one round
};

// One file in arch/ each, compiled for that instruction set.
FmaLoop avx512_loop();
FmaLoop avx2_loop();
FmaLoop sse4_2_loop();
FmaLoop neon_loop();

/// The most GFLOP/s (a multiply-add counts as two) that so many threads of this machine reach with the instruction set
/// in use, measured now; the best of several tries, as only disturbances can make it slower.
double measure_peak(int threads);

/// The most GB/s that so many threads of this machine copy, far more than its caches hold: what is read and what is
/// written, added up. The best of several tries too.
double measure_copy(int threads);

}  // namespace cnnlab::bench
