#include "web/lab/step/hints.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "web/lab/step/moves.hpp"
#include "web/lab/step/source.hpp"

namespace cnnlab {
namespace {

constexpr int64_t outside = -1;  // the lines outside all modules

// What a line did in one run of its function: ops and calls one after the other, the last of which made its result.
struct Statement {
  struct Part {
    std::string label;
    int64_t call;  // that this part is, or `outside`
    int end;       // the forward step that finished it
  };
  Place place;
  int64_t function;
  int first;
  std::vector<Part> parts;
};

// One run of a function: which steps it took, forward and backward.
struct Run {
  Place header;  // of the function
  int first, last;
  int back_first = -1, back_last = -1;
};

class Reader {
 public:
  explicit Reader(const Trace& trace) : trace_(trace), gradients_(trace.records().size(), -1) {
    for (int i = 0; i < trace.length(); ++i) {
      const Trace::Step& step = trace.steps()[static_cast<size_t>(i)];
      if (step.phase == Trace::Phase::forward) add_forward(step, i);
      if (step.phase == Trace::Phase::backward) add_backward(step, i);
    }
  }

  std::vector<Hint> at(int index) const {
    std::vector<Hint> found;
    for (const auto& [id, run] : runs_)
      if (run.first <= index && latest(run.header, index) == id) add_input(found, run, index);
    for (const Statement& statement : statements_) {
      const bool shown = latest(runs_.at(statement.function).header, index) == statement.function;
      if (statement.first <= index && shown) add_result(found, statement, index);
    }
    add_update(found, index);
    return found;
  }

 private:
  void add_forward(const Trace::Step& step, int index) {
    int64_t function = outside;
    const auto visit = [&](const CallSite& site, const std::string& label, int64_t call) {
      const Place place{site.file, site.line};
      runs_.try_emplace(function, Run{function_header(place), index, index}).first->second.last = index;
      Statement& statement = statement_of(place, function, index);
      const bool goes_on = call != outside && !statement.parts.empty() && statement.parts.back().call == call;
      if (goes_on) {
        statement.parts.back().end = index;
      } else {
        statement.parts.push_back({label, call, index});
      }
      function = call;
    };
    for (const Frame& frame : step.calls) visit(frame.site, frame.module, frame.call);
    visit(step.site, step.name.substr(step.name.rfind('.') + 1), outside);
  }

  Statement& statement_of(const Place& place, int64_t function, int index) {
    const auto found = std::ranges::find_if(
        statements_, [&](const Statement& s) { return s.place == place && s.function == function; });
    if (found != statements_.end()) return *found;
    return statements_.emplace_back(Statement{place, function, index, {}});
  }

  void add_backward(const Trace::Step& step, int index) {
    gradients_[step.record] = index;
    const auto passes = [&](int64_t function) {
      Run& run = runs_.at(function);
      if (run.back_first < 0) run.back_first = index;
      run.back_last = index;
    };
    passes(outside);
    for (const Frame& frame : step.calls) passes(frame.call);
  }

  // Which run of a function its lines tell of: the one that was entered last, forward or backward.
  int64_t latest(const Place& header, int index) const {
    int64_t latest = outside;
    int begun = -1;
    for (const auto& [id, run] : runs_) {
      if (run.header != header) continue;
      const int entered = run.back_first >= 0 && run.back_first <= index ? run.back_first : run.first;
      if (entered <= index && entered > begun) {
        begun = entered;
        latest = id;
      }
    }
    return latest;
  }

  void add_input(std::vector<Hint>& found, const Run& run, int index) const {
    const std::string name = parameter_name(run.header);
    const Node<float>& first = *trace_.records()[static_cast<size_t>(run.first)].node;
    if (name.empty() || first.inputs.empty()) return;
    const bool gradient = run.back_last >= 0 && run.back_last <= index && first.inputs[0].requires_grad();
    const bool fresh = index == (gradient ? run.back_last : run.first);
    found.push_back({run.header.file, run.header.line, name, first.inputs[0].shape(), {}, gradient, fresh});
  }

  void add_result(std::vector<Hint>& found, const Statement& statement, int index) const {
    const Statement::Part* part = nullptr;
    for (const Statement::Part& one : statement.parts)
      if (one.end <= index) part = &one;
    if (!part) return;
    const auto record = static_cast<size_t>(part->end);
    const Variable& output = trace_.records()[record].output;
    const std::string name = part == &statement.parts.back() ? variable_name(statement.place) : "";
    const bool gradient = gradients_[record] >= 0 && gradients_[record] <= index;
    Hint hint{.file = statement.place.file,
              .line = statement.place.line,
              .name = name.empty() ? part->label : name,
              .shape = output.shape(),
              .gradient = gradient,
              .fresh = index == (gradient ? gradients_[record] : part->end)};
    if (output.value().numel() == 1) hint.value = gradient ? output.grad().item() : output.item();
    found.push_back(std::move(hint));
  }

  void add_update(std::vector<Hint>& found, int index) const {
    const Trace::Step& step = trace_.steps()[static_cast<size_t>(index)];
    if (step.phase == Trace::Phase::update)
      found.push_back({step.site.file, step.site.line, step.name, step.shown[0].tensor.shape(), {}, false, true});
  }

  const Trace& trace_;
  std::vector<Statement> statements_;
  std::map<int64_t, Run> runs_;
  std::vector<int> gradients_;  // of each record's output: the step that uses it
};

}  // namespace

std::vector<Hint> hints(const Trace& trace) {
  if (!trace.current()) return {};
  return Reader(trace).at(trace.index());
}

}  // namespace cnnlab
