#include "native/bench/arch/fma_loop.simd.hpp"
#include "native/bench/peak.hpp"

namespace cnnlab::bench {

FmaLoop neon_loop() { return {fma_loop<xsimd::neon64>, fma_round<xsimd::neon64>}; }

}  // namespace cnnlab::bench
