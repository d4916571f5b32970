#pragma once
#include "native/cuda/kernels.hpp"

// Sums. The threads of a block add up their shares and then each other's, in phases: between two phases all wait. On
// the device a phase ends with __syncthreads(); on the CPU it is a loop over the threads.
namespace cnnlab::cuda {

constexpr int block_threads = 256;

/// Adds up what the threads have, in two phases: 16 threads, 16 numbers each, then one; the sum is number 0.
struct BlockSum {
  static constexpr int lanes = 16, phases = 2;
  float part[block_threads];

  CNNLAB_KERNEL void add_up(int phase, int thread) {
    if (thread >= (phase == 0 ? lanes : 1)) return;
    const int step = phase == 0 ? lanes : 1, end = phase == 0 ? block_threads : lanes;
    for (int i = thread + step; i < end; i += step) part[thread] += part[i];
  }
};

/// loss = −(1/rows) Σ x[row, label[row]], by one block.
struct NllLoss {
  static constexpr int phases = 4;
  using Shared = BlockSum;
  int64_t rows, classes;
  const float* x;
  const int32_t* labels;
  float* loss;
  void each_array(const auto& see) const { see(x, labels, loss); }
  CNNLAB_KERNEL void operator()(int phase, Shared& shared, int64_t /*block*/, int thread) const {
    if (phase == 0) {
      shared.part[thread] = 0;
      for (int64_t row = thread; row < rows; row += block_threads)
        shared.part[thread] -= x[row * classes + labels[row]];
    } else if (phase < 3) {
      shared.add_up(phase - 1, thread);
    } else if (thread == 0) {
      loss[0] = shared.part[0] / static_cast<float>(rows);
    }
  }
};

/// sum[c] = Σ_{n,p} x[n,c,p], block by channel: the gradient of a bias. From image to image of x are `stride` numbers.
struct ChannelSum {
  static constexpr int phases = 4;
  using Shared = BlockSum;
  int64_t n, c, pixels, stride;
  const float* x;
  float* sum;
  void each_array(const auto& see) const { see(Runs<const float>{x, c * pixels, stride}, sum); }
  CNNLAB_KERNEL void operator()(int phase, Shared& shared, int64_t block, int thread) const {
    if (phase == 0) {
      shared.part[thread] = 0;
      for (int64_t i = thread; i < n * pixels; i += block_threads)
        shared.part[thread] += x[i / pixels * stride + block * pixels + i % pixels];
    } else if (phase < 3) {
      shared.add_up(phase - 1, thread);
    } else if (thread == 0) {
      sum[block] = shared.part[0];
    }
  }
};

/// Mean and biased variance of each channel, block by channel. The mean first: E[x²] − E[x]² would cancel.
struct BatchNorm2dStatistics {
  static constexpr int phases = 8;
  using Shared = BlockSum;
  BatchNorm2dGeometry g;
  const float* x;
  float *mean, *variance;
  void each_array(const auto& see) const { see(x, mean, variance); }
  CNNLAB_KERNEL void operator()(int phase, Shared& shared, int64_t block, int thread) const {
    const auto m = static_cast<float>(g.n * g.pixels);
    if (phase == 0 || phase == 4) {
      const float centre = phase == 0 ? 0 : mean[block];
      float sum = 0;
      for (int64_t i = thread; i < g.n * g.pixels; i += block_threads) {
        const float value = x[(i / g.pixels * g.c + block) * g.pixels + i % g.pixels] - centre;
        sum += phase == 0 ? value : value * value;
      }
      shared.part[thread] = sum;
    } else if (phase % 4 < 3) {
      shared.add_up(phase % 4 - 1, thread);
    } else if (thread == 0) {
      (phase == 3 ? mean : variance)[block] = shared.part[0] / m;
    }
  }
};

/// db[c] = Σ dy and dw[c] = Σ dy·x̂, block by channel.
struct BatchNorm2dSums {
  static constexpr int phases = 4;
  struct Shared {
    BlockSum dy, stretch;
  };
  BatchNorm2dGeometry g;
  const float *x, *mean, *variance, *dy;
  float *dw, *db;
  void each_array(const auto& see) const { see(x, mean, variance, dy, dw, db); }
  CNNLAB_KERNEL void operator()(int phase, Shared& shared, int64_t block, int thread) const {
    if (phase == 0) {
      const float centre = mean[block], inverse = 1 / sqrtf(variance[block] + static_cast<float>(g.eps));
      float dy_sum = 0, stretch = 0;
      for (int64_t i = thread; i < g.n * g.pixels; i += block_threads) {
        const int64_t at = (i / g.pixels * g.c + block) * g.pixels + i % g.pixels;
        dy_sum += dy[at];
        stretch += dy[at] * ((x[at] - centre) * inverse);
      }
      shared.dy.part[thread] = dy_sum;
      shared.stretch.part[thread] = stretch;
    } else if (phase < 3) {
      shared.dy.add_up(phase - 1, thread);
      shared.stretch.add_up(phase - 1, thread);
    } else if (thread == 0) {
      db[block] = shared.dy.part[0];
      dw[block] = shared.stretch.part[0];
    }
  }
};

}  // namespace cnnlab::cuda
