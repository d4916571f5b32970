#pragma once
#include <span>

#include "lib/kernels/geometry.hpp"

namespace cnnlab::cuda {

/// As in Backend. All arrays are on the current card.
void conv2d(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y);
void conv2d_backward(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db);

/// Drops what cuDNN was asked about the shapes so far: descriptors and chosen algorithms.
void forget_convolutions() noexcept;

}  // namespace cnnlab::cuda
