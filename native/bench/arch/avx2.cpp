#include "native/bench/arch/fma_loop.simd.hpp"
#include "native/bench/peak.hpp"

namespace cnnlab::bench {

FmaLoop avx2_loop() { return {fma_loop<xsimd::fma3<xsimd::avx2>>, fma_round<xsimd::fma3<xsimd::avx2>>}; }

}  // namespace cnnlab::bench
