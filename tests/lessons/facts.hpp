#pragma once
#include <map>
#include <string>

#include "lessons/lesson.hpp"

namespace cnnlab::testing {

/// The numbers that a lesson's prose mentions, by name.
inline std::map<std::string, double> facts(const std::string& lesson) {
  std::map<std::string, double> found;
  for (const Fact& fact : find_lesson(lesson).facts()) found[fact.name] = fact.value;
  return found;
}

}  // namespace cnnlab::testing
