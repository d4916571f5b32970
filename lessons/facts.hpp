#pragma once
#include "lessons/lesson.hpp"

namespace cnnlab {

/// A number that a lesson's prose mentions as {{name}}, computed by the library.
struct Fact {
  std::string name;
  double value;
  int decimals = 0;  ///< digits after the point when it is printed
};

struct FactList : std::vector<Fact> {
  void whole(std::string name, int64_t value) { push_back({std::move(name), static_cast<double>(value)}); }
  void decimal(std::string name, double value, int decimals) { push_back({std::move(name), value, decimals}); }
};

/// All numbers of a lesson's prose: counted on its networks, or read from its recorded runs. They are stated when the
/// page is built; the page's program is without them.
FactList facts_of(const Lesson& lesson);

}  // namespace cnnlab
