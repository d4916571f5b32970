#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lessons/lesson.hpp"

namespace cnnlab {

/// A network that a race can be asked for by one word: "plain20", "inception"; or "residual20:width=16:shortcut=2".
struct Contestant {
  std::string name;  ///< as it was asked for
  const Lesson* lesson;
  LessonOptions options;           ///< all of them
  std::string title_en, title_ko;  ///< "ResNet-20 (width 16)"
};

/// The network of that name. The names are the lessons' (`Lesson::racing`). Throws Error: for a name that there is not,
/// with those that there are; for options that its lesson does not have, or that its name has set.
Contestant find_contestant(std::string_view name);
/// The networks of several names with commas between them. Throws Error as well for none, and for one named twice.
std::vector<Contestant> find_contestants(std::string_view names);

/// "inception, deeper2 to deeper8, plain8 to plain56 in steps of 6, …"
std::string contestant_names();

}  // namespace cnnlab
