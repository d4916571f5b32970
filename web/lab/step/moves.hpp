#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/lab/step/trace.hpp"

// Where a debugger's moves lead from the step that is shown, as indexes of steps. The run is finished and recorded, so
// these only choose where to look.
namespace cnnlab {

/// A line of code.
struct Place {
  std::string file;
  int line = 0;
  bool operator==(const Place&) const = default;
  bool operator<(const Place& other) const { return file != other.file ? file < other.file : line < other.line; }
};

/// The next op. Where a module begins there, that is its first op.
int step_into(const Trace& trace);
/// The next op; but where a module begins there, its last op, which makes the module's result.
int step_over(const Trace& trace);
/// The last op of the module in which one is, and from there the next op outside. Outside all modules: the last op of
/// the pass.
int step_out(const Trace& trace);
/// The next step with which one of these lines begins to run, be it the op's own line or one that called it; the last
/// step when there is none.
int step_to_break(const Trace& trace, std::span<const Place> places);

/// All lines that run, in order, each once.
std::vector<Place> lines_that_run(const Trace& trace);
/// "lessons/training.hpp:14,…" as places. Throws Error where it is none.
std::vector<Place> parse_places(std::string_view text);

}  // namespace cnnlab
