#include <algorithm>

#include "lessons/lesson.hpp"

namespace cnnlab {

// Each lesson's lesson.cpp defines one of these.
namespace one_by_one {
Lesson lesson();
}
namespace inception {
Lesson lesson();
}
namespace deeper {
Lesson lesson();
}
namespace degradation {
Lesson lesson();
}
namespace residual {
Lesson lesson();
}
namespace dense {
Lesson lesson();
}
namespace compare {
Lesson lesson();
}

std::span<const Lesson> lessons() {
  static const std::vector<Lesson> all{one_by_one::lesson(),  inception::lesson(), deeper::lesson(),
                                       degradation::lesson(), residual::lesson(),  dense::lesson(),
                                       compare::lesson()};
  return all;
}

bool LessonOption::allows(int64_t value) const {
  return value >= least && value <= most && (value - least) % step == 0;
}

std::string LessonOption::range() const {
  return text(least, " to ", most, step == 1 ? "" : text(" in steps of ", step));
}

const Lesson& find_lesson(std::string_view id) {
  const auto found = std::ranges::find(lessons(), id, &Lesson::id);
  if (found != lessons().end()) return *found;
  std::string known;
  for (const Lesson& lesson : lessons()) known += (known.empty() ? "" : ", ") + lesson.id;
  fail(text("there is no lesson \"", id, "\"; there are: ", known));
}

const Lesson& default_lesson() { return find_lesson("inception"); }

std::string describe_images(const Shape& image) {
  return text(image[1], "x", image[2], " images with ", image[0], image[0] == 1 ? " channel" : " channels");
}

bool Lesson::reads(const Shape& image) const {
  return image == input || std::ranges::find(other_inputs, image) != other_inputs.end();
}

LessonOptions Lesson::complete(LessonOptions chosen) const {
  for (const auto& [name, value] : chosen) {
    const auto option = std::ranges::find(options, name, &LessonOption::name);
    check(option != options.end(), "lesson ", id, " has no option \"", name, "\"");
    check(option->allows(value), "lesson ", id, ": ", name, " must be ", option->range(), ", got ", value);
  }
  for (const LessonOption& option : options) chosen.try_emplace(option.name, option.initial);
  return chosen;
}

std::shared_ptr<nn::Module> Lesson::make(LessonOptions chosen, const Shape& image) const {
  const Shape& read = image.rank() == 0 ? input : image;
  check(reads(read), "lesson ", id, " reads ", describe_images(input), ", not images of shape ", read);
  return build(complete(std::move(chosen)), read);
}

}  // namespace cnnlab
