#pragma once
#include <optional>
#include <string>
#include <vector>

#include "web/lab/step/trace.hpp"

namespace cnnlab {

/// What stands beside a line of code: a value that the line has made by now, or its gradient once that is known.
struct Hint {
  std::string file;
  int line;
  std::string name;  ///< the variable's, "x", or on a line that gives it no name the op's, or "return"
  Shape shape;
  std::optional<float> value{};  ///< of a single number
  bool gradient = false;
  bool fresh = false;  ///< the step that is shown has made it
};

/// The hints of the step that is shown. As in a debugger, a function's lines tell of its latest run; the names are
/// those that the source gives.
std::vector<Hint> hints(const Trace& trace);

}  // namespace cnnlab
