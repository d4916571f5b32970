#pragma once

namespace cnnlab {

enum class Language { english, korean };

/// A text of the lab in both languages.
struct Text {
  const char* english;
  const char* korean;
  const char* in(Language language) const { return language == Language::korean ? korean : english; }
};

}  // namespace cnnlab
