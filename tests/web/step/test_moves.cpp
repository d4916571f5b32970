#include <set>

#include <catch2/catch.hpp>

#include "tests/web/step/run.hpp"
#include "web/lab/step/moves.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using Phase = Trace::Phase;

namespace {

// Moves, and tells where to: "incept1.cat".
std::string move(MainNetRun& run, int (*where)(const Trace&)) {
  run.trace.go(where(run.trace));
  return run.trace.current()->name;
}

}  // namespace

TEST_CASE("over runs a module to its result, into enters it, out finishes it") {
  MainNetRun run;
  run.go(Phase::forward, "relu");
  CHECK(move(run, step_over) == "incept1.cat");
  CHECK(move(run, step_over) == "conv2");
  run.go(Phase::forward, "relu");
  CHECK(move(run, step_into) == "incept1.branch1x1");
  CHECK(move(run, step_over) == "incept1.branch5x5_1");
  CHECK(move(run, step_out) == "incept1.cat");
  CHECK(move(run, step_out) == "conv2");
  CHECK(move(run, step_out) == "log_softmax");
  CHECK(move(run, step_out) == "nll_loss");
  CHECK(run.trace.current()->phase == Phase::forward);
}

TEST_CASE("the moves follow the modules backwards and through the update as well") {
  MainNetRun run;
  run.go(Phase::backward, "nll_loss");
  run.trace.go(run.trace.index() - 1);
  CHECK(move(run, step_over) == "nll_loss");
  CHECK(run.trace.current()->phase == Phase::backward);
  CHECK(move(run, step_into) == "log_softmax");
  run.go(Phase::backward, "flatten");
  CHECK(move(run, step_over) == "incept2.branch1x1");  // the first branch is the last on the way back
  CHECK(move(run, step_into) == "relu");
  CHECK(move(run, step_out) == "conv1");
  CHECK(move(run, step_out) == "conv1.weight");
  CHECK(run.trace.current()->phase == Phase::update);
  run.go(Phase::update, "conv2.bias");
  CHECK(move(run, step_over) == "incept1.branch_pool.bias");
  CHECK(move(run, step_out) == "incept2.branch1x1.weight");
  CHECK(move(run, step_out) == "incept2.branch_pool.bias");
  CHECK(move(run, step_out) == "fc.weight");
  CHECK(move(run, step_out) == "fc.bias");
  CHECK(move(run, step_out) == "fc.bias");
  CHECK(move(run, step_over) == "fc.bias");
  CHECK(move(run, step_into) == "fc.bias");
}

TEST_CASE("the moves of an empty trace stay") {
  const Trace nothing;
  CHECK(step_into(nothing) == 0);
  CHECK(step_over(nothing) == 0);
  CHECK(step_out(nothing) == 0);
  CHECK(step_to_break(nothing, {}) == 0);
}

TEST_CASE("a run stops where a line with a breakpoint begins, each time that it is run") {
  MainNetRun run;
  const auto place_of = [&](std::string_view name) {
    const CallSite site = run.trace.steps()[static_cast<size_t>(run.find(Phase::forward, name))].site;
    return Place{site.file, site.line};
  };
  const std::vector<Place> inside{place_of("incept1.branch5x5_2")};
  const auto go_on = [&](const std::vector<Place>& places) {
    run.trace.go(step_to_break(run.trace, places));
    return std::string(phase_name(run.trace.current()->phase)) + " " + run.trace.current()->name;
  };
  CHECK(go_on(inside) == "forward incept1.branch5x5_2");
  CHECK(go_on(inside) == "forward incept2.branch5x5_2");
  CHECK(go_on(inside) == "backward incept2.branch5x5_2");
  CHECK(go_on(inside) == "backward incept1.branch5x5_2");
  CHECK(go_on(inside) == "update fc.bias");

  // A line of three ops stops once; a line that calls a module, at its first op.
  run.trace.go(0);
  const std::vector<Place> line{place_of("relu")};
  CHECK(go_on(line) == "backward relu");
  run.trace.go(0);
  const Frame& call = run.trace.steps()[static_cast<size_t>(run.find(Phase::forward, "incept1.cat"))].calls.back();
  CHECK(go_on({{call.site.file, call.site.line}}) == "forward incept1.branch1x1");
  CHECK(go_on({{call.site.file, call.site.line}}) == "backward incept1.cat");
  run.trace.go(0);
  const CallSite update = run.trace.steps().back().site;
  CHECK(go_on({{update.file, update.line}}) == "update conv1.weight");
  CHECK(go_on({{update.file, update.line}}) == "update fc.bias");
}

TEST_CASE("all lines that run are known, each once") {
  MainNetRun run;
  const std::vector<Place> lines = lines_that_run(run.trace);
  CHECK(std::set(lines.begin(), lines.end()).size() == lines.size());
  // Nine lines of the module's forward with an op, seven of the net's, and in the training step the net, the loss and
  // the update.
  CHECK(lines.size() == 9 + 7 + 3);
}

TEST_CASE("places are read, and it is said what is none") {
  CHECK(parse_places("").empty());
  CHECK(parse_places("a/b.hpp:3,c.hpp:14") == std::vector<Place>{{"a/b.hpp", 3}, {"c.hpp", 14}});
  for (const char* wrong : {"a.hpp", "a.hpp:", ":3", "a.hpp:0", "a.hpp:3x", "a.hpp:-1", "a.hpp:99999999999"})
    CHECK_THROWS_WITH(parse_places(wrong), std::string("breakpoint: not FILE:LINE: ") + wrong);
}
