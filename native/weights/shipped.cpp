#include "native/weights/shipped.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <declarations.inc>  // made by CMake: extern const uint8_t weights_lessons_02_inception_begin[] …

namespace cnnlab {

ByteSpan shipped_weights(const Lesson& lesson) {
  static const std::vector<std::pair<std::string_view, ByteSpan>> files{
#include <table.inc>
  };
  for (const auto& [folder, bytes] : files)
    if (folder == lesson.folder) return bytes;
  return {};
}

}  // namespace cnnlab
