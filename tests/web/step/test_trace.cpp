#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/close.hpp"
#include "tests/web/step/run.hpp"
#include "web/lab/step/paths.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using Phase = Trace::Phase;
using nlohmann::json;

TEST_CASE("a recorded run goes forward to the loss, back to the first weights, and updates every parameter") {
  MainNetRun run;
  const auto& steps = run.trace.steps();
  CHECK(steps.front().name == "conv1");
  CHECK(run.trace.length() == 28 + 28 + 34);
  CHECK(steps[27].name == "nll_loss");
  CHECK(steps[28].name == "nll_loss");
  CHECK(steps[28].phase == Phase::backward);
  CHECK(steps[55].name == "conv1");
  CHECK(steps[56].phase == Phase::update);
  const auto parameters = run.net->named_parameters();
  for (size_t i = 0; i < parameters.size(); ++i) CHECK(steps[56 + i].name == parameters[i].first);
}

TEST_CASE("recording changes no weight, and later changes of the weights do not change what was recorded") {
  MainNetRun run;
  manual_seed(3);
  const inception::MainNet fresh;
  const auto before = fresh.named_parameters(), after = run.net->named_parameters();
  for (size_t i = 0; i < before.size(); ++i) CHECK(difference(after[i].second.value(), before[i].second.value()) == "");

  run.go(Phase::update, "conv1.weight");
  const Trace::Step& update = *run.trace.current();
  run.net->conv1.weight.value().fill(9);
  CHECK(difference(update.in[0].tensor, fresh.conv1.weight.value()) == "");
  CHECK(difference(run.trace.value(run.net->conv1.weight), fresh.conv1.weight.value()) == "");
}

TEST_CASE("an update is weight minus learning rate times velocity") {
  MainNetRun run({.lr = 0.25, .momentum = 0.9});
  run.go(Phase::update, "incept2.branch3x3_2.bias");
  const Trace::Step& step = *run.trace.current();
  for (int64_t i = 0; i < step.shown[0].tensor.numel(); ++i)
    CHECK(step.shown[0].tensor.data()[i] ==
          Approx(step.in[0].tensor.data()[i] - 0.25f * step.in[1].tensor.data()[i]).margin(1e-9));
  const json state = json::parse(run.trace.state());
  CHECK(state["phase"] == "update");
  CHECK(state["op"] == "sgd");
  CHECK(state["path"] == "incept2.branch3x3_2");
  CHECK(state["lr"] == 0.25);
  CHECK(state["momentum"] == 0.9);
  CHECK(std::string(state["file"]) == "lessons/training.hpp");
  CHECK_THROWS_WITH(run.trace.run(run.net, waves(), 7, {.lr = -1}),
                    "SGD: the learning rate must be at least 0, got -1");
  CHECK(run.trace.length() == 90);  // what was recorded stays
}

TEST_CASE("the state tells the numbers of the formulas") {
  MainNetRun run;
  run.go(Phase::forward, "incept1.branch5x5_2");
  json state = json::parse(run.trace.state());
  CHECK(state["kernel"] == 5);
  CHECK(state["padding"] == 2);
  CHECK(state["out_channels"] == 24);
  CHECK(state["in_channels"] == 16);
  CHECK(state["parameters"] == 24 * (5 * 5 * 16 + 1));
  CHECK(state["multiply_adds"] == 24 * 12 * 12 * 5 * 5 * 16);
  CHECK(state["inputs"][0]["name"] == "incept1.branch5x5_1");
  run.go(Phase::backward, "relu");
  state = json::parse(run.trace.state());
  CHECK(state["blocked"] == state["shown"][0]["zeros"]);
  CHECK(state["blocked"] > 0);
}

TEST_CASE("the ways of a gradient add up to it, and so do their shares") {
  MainNetRun run;
  int met = 0;
  for (int i = 28; i < 56; ++i) {
    run.trace.go(i);
    const Variable& value = differentiated(run.trace, *run.trace.current());
    const std::vector<Path> paths = paths_to(run.trace, value);
    if (run.trace.current()->name == "nll_loss") continue;  // begins with 1, which came from nowhere
    double share = 0;
    Variable sum(Tensor::zeros(value.shape()));
    for (const Path& path : paths) {
      share += path.share;
      sum.accumulate_grad(path.gradient);
      CHECK(path.step < i);
      CHECK(path.norm == Approx(norm(path.gradient)));
    }
    CHECK(share == Approx(1));
    CHECK(difference(sum.grad(), value.grad()) == "");
    met += paths.size() == 4;
  }
  CHECK(met == 2);  // what the two modules get goes into four branches

  run.go(Phase::backward, "incept1.branch5x5_1");
  const json shown = json::parse(run.trace.state())["shown"];
  CHECK(shown[0]["ways"] == 4);
  CHECK(shown[0]["ways_so_far"] == 3);
}

TEST_CASE("a step that does not exist becomes the nearest that does, and ends what is pointed at") {
  MainNetRun run;
  run.trace.go(1000);
  CHECK(run.trace.index() == 89);
  run.trace.go(-3);
  CHECK(run.trace.index() == 0);
  run.trace.pick(Trace::Pick{0, 10 * 24 * 24});
  CHECK_FALSE(run.trace.picked());
  run.trace.pick(Trace::Pick{0, 10 * 24 * 24 - 1});
  CHECK(run.trace.picked());
  run.trace.go(1);
  CHECK_FALSE(run.trace.picked());
  run.trace.clear();
  CHECK(run.trace.state() == "null");
  run.trace.pick(Trace::Pick{0, 0});
  CHECK_FALSE(run.trace.picked());
}
