#pragma once

/// Marks a function that the kernels of a graphics card call as well as the CPU: nvcc compiles it for both.
#ifdef __CUDACC__
#define CNNLAB_KERNEL __host__ __device__ inline
#else
#define CNNLAB_KERNEL inline
#endif
