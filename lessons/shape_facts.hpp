#pragma once
#include "lessons/lesson.hpp"

namespace cnnlab {

/// What the parts of a net make of one image, (C, H, W): for the part "layer2.0" the facts "homework_layer2_0_channels"
/// and "homework_layer2_0_side". The exercises in the prose ask for them.
void homework_shapes(FactList& facts, nn::Module& net, const Shape& image, std::span<const char* const> parts);

}  // namespace cnnlab
