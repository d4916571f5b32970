#pragma once
#include "lessons/lesson.hpp"
#include "lib/io/files.hpp"

namespace cnnlab {

/// The lesson's trained weights, a safetensors file that was embedded into the program (lessons/NN_topic/
/// weights.safetensors); empty when there was none when it was built.
ByteSpan shipped_weights(const Lesson& lesson);

}  // namespace cnnlab
