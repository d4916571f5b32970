#include "web/lab/step/moves.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace cnnlab {
namespace {

using Step = Trace::Step;

int last(const Trace& trace) { return trace.length() - 1; }

const Step& at(const Trace& trace, int index) { return trace.steps()[static_cast<size_t>(index)]; }

// How many running modules two steps have in common. The passes have none: one leaves all modules between them.
size_t common_calls(const Step& a, const Step& b) {
  if (a.phase != b.phase) return 0;
  size_t depth = 0;
  while (depth < a.calls.size() && depth < b.calls.size() && a.calls[depth].call == b.calls[depth].call) ++depth;
  return depth;
}

// The last step that lies in the same modules as step `from`, down to this depth.
int end_of_call(const Trace& trace, int from, size_t depth) {
  int end = from;
  while (end < last(trace) && at(trace, end + 1).phase == at(trace, from).phase &&
         common_calls(at(trace, from), at(trace, end + 1)) >= depth)
    ++end;
  return end;
}

// A line as it runs in one run of a module: the same line runs anew when the module is called again.
using Running = std::pair<Place, int64_t>;

std::vector<Running> running_lines(const Step& step) {
  std::vector<Running> lines;
  int64_t call = -1;  // outside all modules
  const auto add = [&](const CallSite& site) { lines.push_back({{site.file, site.line}, call}); };
  for (const Frame& frame : step.calls) {
    if (step.phase == Trace::Phase::update) break;  // a parameter's modules do not run
    add(frame.site);
    call = frame.call;
  }
  add(step.site);
  return lines;
}

}  // namespace

int step_into(const Trace& trace) { return std::min(trace.index() + 1, std::max(last(trace), 0)); }

int step_over(const Trace& trace) {
  if (trace.index() >= last(trace)) return trace.index();
  const Step &here = *trace.current(), &next = at(trace, trace.index() + 1);
  const size_t depth = common_calls(here, next);
  return depth < next.calls.size() ? end_of_call(trace, trace.index() + 1, depth + 1) : trace.index() + 1;
}

int step_out(const Trace& trace) {
  if (trace.index() >= last(trace)) return trace.index();
  const int end = end_of_call(trace, trace.index(), trace.current()->calls.size());
  return end > trace.index() ? end : end + 1;
}

int step_to_break(const Trace& trace, std::span<const Place> places) {
  for (int i = trace.index() + 1; i <= last(trace); ++i) {
    const std::vector<Running> before = running_lines(at(trace, i - 1));
    const bool other_pass = at(trace, i).phase != at(trace, i - 1).phase;
    for (const Running& line : running_lines(at(trace, i))) {
      const bool begins = other_pass || std::ranges::find(before, line) == before.end();
      if (begins && std::ranges::find(places, line.first) != places.end()) return i;
    }
  }
  return std::max(last(trace), 0);
}

std::vector<Place> lines_that_run(const Trace& trace) {
  std::set<Place> places;
  for (const Step& step : trace.steps())
    for (const auto& [place, call] : running_lines(step)) places.insert(place);
  return {places.begin(), places.end()};
}

std::vector<Place> parse_places(std::string_view text) {
  std::vector<Place> places;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const size_t colon = one.rfind(':');
    Place place{std::string(one.substr(0, colon)), 0};
    const char* end = one.data() + one.size();
    check(colon != std::string_view::npos && colon > 0 &&
              std::from_chars(one.data() + colon + 1, end, place.line).ptr == end && place.line > 0,
          "breakpoint: not FILE:LINE: ", one);
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace cnnlab
