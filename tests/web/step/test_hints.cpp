#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/web/step/run.hpp"
#include "web/lab/step/hints.hpp"
#include "web/lab/step/source.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using Phase = Trace::Phase;

namespace {

// "five (1, 24, 12, 12)" beside the line that made a step; "+" where it is new; "" without a hint.
std::string beside(const MainNetRun& run, const CallSite& site) {
  for (const Hint& hint : hints(run.trace))
    if (hint.line == site.line && hint.file == site.file)
      return text(hint.fresh ? "+" : "", hint.name, hint.gradient ? ".grad " : " ", hint.shape);
  return "";
}
CallSite line_of(const MainNetRun& run, std::string_view name) {
  return run.trace.steps()[static_cast<size_t>(run.find(Phase::forward, name))].site;
}

}  // namespace

TEST_CASE("a variable's shape stands beside its line as soon as it is known, and not before") {
  MainNetRun run;
  const CallSite five = line_of(run, "incept1.branch5x5_2"), x = line_of(run, "conv1");
  CHECK(beside(run, x) == "+conv1 (1, 10, 24, 24)");  // one line, three ops: the variable comes with the last
  run.go(Phase::forward, "relu");
  CHECK(beside(run, x) == "+x (1, 10, 12, 12)");
  run.go(Phase::forward, "incept1.branch5x5_1");
  CHECK(beside(run, five) == "");
  CHECK(beside(run, x) == "x (1, 10, 12, 12)");
  run.go(Phase::forward, "incept1.branch5x5_2");
  CHECK(beside(run, five) == "+five (1, 24, 12, 12)");
  run.trace.go(run.trace.index() + 1);
  CHECK(beside(run, five) == "five (1, 24, 12, 12)");
}

TEST_CASE("a call's result is known when the module is through, and its own lines begin anew with each run") {
  MainNetRun run;
  run.go(Phase::forward, "incept1.cat");
  const CallSite call = run.trace.current()->calls.back().site, result = run.trace.current()->site;
  CHECK(beside(run, result) == "+return (1, 88, 12, 12)");
  CHECK(beside(run, call) == "+x (1, 88, 12, 12)");
  run.go(Phase::forward, "conv2");
  CHECK(beside(run, result) == "return (1, 88, 12, 12)");
  run.go(Phase::forward, "incept2.branch1x1");
  CHECK(beside(run, result) == "");
  CHECK(beside(run, call) == "x (1, 88, 12, 12)");
  const Place header = function_header({result.file, result.line});
  CHECK(beside(run, {header.file.c_str(), header.line}) == "+x (1, 20, 4, 4)");
}

TEST_CASE("on the way back a gradient takes a value's place") {
  MainNetRun run;
  const CallSite five = line_of(run, "incept2.branch5x5_2");
  run.go(Phase::backward, "incept2.branch3x3_1");
  CHECK(beside(run, five) == "five (1, 24, 4, 4)");
  run.go(Phase::backward, "incept2.branch5x5_2");
  CHECK(beside(run, five) == "+five.grad (1, 24, 4, 4)");
  run.go(Phase::backward, "incept1.cat");
  CHECK(beside(run, five) == "five (1, 24, 12, 12)");  // the lines tell of the other module now
  run.trace.go(55);
  CHECK(beside(run, line_of(run, "conv1")) == "x.grad (1, 10, 12, 12)");
}

TEST_CASE("in the update its line names the parameter") {
  MainNetRun run;
  run.go(Phase::update, "conv1.weight");
  CHECK(beside(run, run.trace.current()->site) == "+conv1.weight (10, 1, 5, 5)");
}

TEST_CASE("names come from the source's text") {
  const std::string file = "lessons/training.hpp";
  std::vector<std::string> names;
  for (int line = 1; line < 30; ++line)
    if (const std::string name = variable_name({file, line}); !name.empty()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"output", "loss", "return", "return"});
  CHECK(variable_name({file, 100000}) == "");
  CHECK(variable_name({"no/such/file", 3}) == "");
  CHECK(function_header({"no/such/file", 3}).line == 0);
  CHECK(parameter_name({"no/such/file", 3}) == "");
}
