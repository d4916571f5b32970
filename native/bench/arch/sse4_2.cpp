#include "native/bench/arch/fma_loop.simd.hpp"
#include "native/bench/peak.hpp"

namespace cnnlab::bench {

FmaLoop sse4_2_loop() { return {fma_loop<xsimd::sse4_2>, fma_round<xsimd::sse4_2>}; }

}  // namespace cnnlab::bench
