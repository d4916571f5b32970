#include "native/bench/arch/fma_loop.simd.hpp"
#include "native/bench/peak.hpp"

namespace cnnlab::bench {

FmaLoop avx512_loop() { return {fma_loop<xsimd::avx512bw>, fma_round<xsimd::avx512bw>}; }

}  // namespace cnnlab::bench
