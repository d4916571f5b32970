#pragma once
#include <cuda_runtime_api.h>

#include "native/cuda/step_kernels.hpp"

// Defined in kernels.cu for the kernels listed here; in tests/cuda_on_cpu as loops.
namespace cnnlab::cuda {

/// kernel(at) for at = 0 … count − 1, in any order.
template <class Kernel>
void launch(cudaStream_t stream, int64_t count, const Kernel& kernel);

/// All phases of a block kernel for blocks 0 … blocks − 1, in any order.
template <class Kernel>
void launch_blocks(cudaStream_t stream, int64_t blocks, const Kernel& kernel);

// clang-format off
#define CNNLAB_GRID_KERNELS(APPLY)                                                                               \
  APPLY(Fill) APPLY(Relu) APPLY(ReluBackward) APPLY(Add) APPLY(AddBias) APPLY(Dropout) APPLY(CopyRuns)           \
  APPLY(MaxPool2d) APPLY(MaxPool2dBackward) APPLY(AvgPool2d) APPLY(AvgPool2dBackward) APPLY(GlobalAvgPool2d)     \
  APPLY(GlobalAvgPool2dBackward) APPLY(ZeroPadShortcut) APPLY(ZeroPadShortcutBackward) APPLY(LogSoftmax)         \
  APPLY(LogSoftmaxBackward) APPLY(NllLossBackward) APPLY(MoveTowards) APPLY(Count) APPLY(Sgd) APPLY(BatchNorm2d) \
  APPLY(BatchNorm2dBackward) APPLY(GatherBatch) APPLY(MoveCentre)
#define CNNLAB_BLOCK_KERNELS(APPLY)                                                                              \
  APPLY(NllLoss) APPLY(ChannelSum) APPLY(BatchNorm2dStatistics) APPLY(BatchNorm2dSums) APPLY(TallyStep)          \
  APPLY(DistortBatch) APPLY(CropBatch)
// clang-format on

}  // namespace cnnlab::cuda
