#pragma once
#include "lessons/lesson.hpp"
#include "lib/kernels/geometry.hpp"

namespace cnnlab {

/// What a network costs.
struct NetworkCost {
  int64_t parameters;
  int64_t multiply_adds;  ///< to read one image
  int64_t values;         ///< numbers that all its ops give for one image
};

/// Counted on the tape of a run on one image, (C, H, W), that is black.
NetworkCost cost_of(nn::Module& net, const Shape& image);

/// The bytes of tensors that training a network takes at most at once, with `batch` images a step: weights, gradients,
/// momentum, the images, and what the ops keep for the way back. Measured in a step with a network of its own, on the
/// CPU; `build` makes it. (Buffers of kernels, and what a trainer keeps for the case of a failure, are not counted.)
int64_t training_memory(const std::function<std::shared_ptr<nn::Module>()>& build, const Shape& image, int64_t batch,
                        const SgdSettings& settings);

}  // namespace cnnlab
