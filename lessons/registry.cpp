#include <algorithm>

#include "lessons/lesson.hpp"

namespace cnnlab {

// Each lesson's lesson.cpp defines one of these.
namespace inception {
Lesson lesson();
}

std::span<const Lesson> lessons() {
  static const std::vector<Lesson> all{inception::lesson()};
  return all;
}

const Lesson& find_lesson(std::string_view id) {
  const auto found = std::ranges::find(lessons(), id, &Lesson::id);
  if (found != lessons().end()) return *found;
  std::string known;
  for (const Lesson& lesson : lessons()) known += (known.empty() ? "" : ", ") + lesson.id;
  fail(text("there is no lesson \"", id, "\"; there are: ", known));
}

std::shared_ptr<nn::Module> Lesson::make(LessonOptions chosen) const {
  for (const auto& [name, value] : chosen) {
    const auto option = std::ranges::find(options, name, &LessonOption::name);
    check(option != options.end(), "lesson ", id, " has no option \"", name, "\"");
    check(value >= option->least && value <= option->most, "lesson ", id, ": ", name, " must be ", option->least,
          " to ", option->most, ", got ", value);
  }
  for (const LessonOption& option : options) chosen.try_emplace(option.name, option.initial);
  return build(chosen);
}

}  // namespace cnnlab
