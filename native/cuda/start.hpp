#pragma once
#include "native/cuda/cuda_device.hpp"
#include "native/cuda/launch.hpp"

// Kernels in one of a card's streams, whichever is due.
namespace cnnlab::cuda {

template <class Kernel>
void start(CudaDevice& card, int64_t count, const Kernel& kernel, Way way = Way::branch) {
  card.work(
      arrays_of(kernel), [&](cudaStream_t stream) { launch(stream, count, kernel); }, way);
}

template <class Kernel>
void start_blocks(CudaDevice& card, int64_t blocks, const Kernel& kernel, Way way = Way::branch) {
  card.work(
      arrays_of(kernel), [&](cudaStream_t stream) { launch_blocks(stream, blocks, kernel); }, way);
}

}  // namespace cnnlab::cuda
