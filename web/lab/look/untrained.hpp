#pragma once
#include <memory>

#include "lessons/lesson.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

/// A lesson's network before any training, with the same weights every time: so that a part that is untrained is the
/// same in the instance that draws and in the one that counts. Throws Error for an unknown lesson or option.
inline std::shared_ptr<nn::Module> untrained_network(const std::string& lesson, const LessonOptions& options) {
  manual_seed(1);
  return find_lesson(lesson).make(options);
}

}  // namespace cnnlab
