#include <algorithm>

#include "native/cuda/launch.hpp"
#include "native/cuda/status.hpp"

namespace cnnlab::cuda {
namespace {

// Enough blocks to fill any card; each thread goes on with the number that is a whole grid further.
constexpr int64_t most_blocks = 65535;

template <class Kernel>
__global__ void run_grid(int64_t count, const Kernel kernel) {
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; at < count; at += step) kernel(at);
}

template <class Kernel>
__global__ void run_block(const Kernel kernel) {
  __shared__ typename Kernel::Shared shared;
  for (int phase = 0; phase < Kernel::phases; ++phase) {
    kernel(phase, shared, blockIdx.x, static_cast<int>(threadIdx.x));
    __syncthreads();
  }
}

}  // namespace

template <class Kernel>
void launch(cudaStream_t stream, int64_t count, const Kernel& kernel) {
  if (count == 0) return;
  const auto blocks = static_cast<unsigned>(std::min((count + block_threads - 1) / block_threads, most_blocks));
  run_grid<<<blocks, block_threads, 0, stream>>>(count, kernel);
  check_status(cudaGetLastError(), "starting a kernel");
}

template <class Kernel>
void launch_blocks(cudaStream_t stream, int64_t blocks, const Kernel& kernel) {
  if (blocks == 0) return;
  run_block<<<static_cast<unsigned>(blocks), block_threads, 0, stream>>>(kernel);
  check_status(cudaGetLastError(), "starting a kernel");
}

#define CNNLAB_INSTANTIATE(Kernel) template void launch(cudaStream_t, int64_t, const Kernel&);
CNNLAB_GRID_KERNELS(CNNLAB_INSTANTIATE)
#undef CNNLAB_INSTANTIATE
#define CNNLAB_INSTANTIATE(Kernel) template void launch_blocks(cudaStream_t, int64_t, const Kernel&);
CNNLAB_BLOCK_KERNELS(CNNLAB_INSTANTIATE)
#undef CNNLAB_INSTANTIATE

}  // namespace cnnlab::cuda
