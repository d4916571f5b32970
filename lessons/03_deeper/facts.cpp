#include "lessons/facts.hpp"

#include <array>
#include <cmath>

#include "lessons/03_deeper/model.hpp"
#include "lessons/cost.hpp"
#include "lessons/net_facts.hpp"
#include "lessons/recorded_run.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::deeper {
namespace {

constexpr int64_t fewest = 2, most = 6;  // modules that the prose speaks of

int64_t multiply_adds(int64_t modules) {
  DeeperNet net(modules);
  return cost_of(net, {1, 28, 28}).multiply_adds;
}

void cost_facts(FactList& facts) {
  for (int64_t modules = fewest; modules <= most; ++modules) {
    facts.whole(text("parameters", modules), DeeperNet(modules).parameter_count());
    facts.whole(text("mults", modules), multiply_adds(modules));
  }
  const DeeperNet net(3);
  const int64_t conv = net.conv[2].parameter_count(), module = net.incept[2].parameter_count();
  facts.whole("conv_parameters", conv);
  facts.whole("module_parameters", module);
  facts.whole("stage_parameters", conv + module);
  facts.whole("stage_mults", multiply_adds(3) - multiply_adds(2));
  facts.whole("conv3x3_parameters", nn::Conv2d({.in = 88, .out = 20, .kernel = 3}).parameter_count());
}

void shape_facts(FactList& facts) {
  DeeperNet net(fewest);
  const Tape tape;
  net(Tensor::zeros({1, 1, 28, 28}));
  for (const auto& [node, output] : tape.records()) {
    if (node->op == "cat") facts.whole(node->path == "incept1" ? "side1" : "side2", output.size(2));
    if (node->op == "flatten") facts.whole("flatten_size", output.size(1));
  }
  facts.whole("channels", net.conv[1].weight.size(1));
}

// What a layer of PyTorch's default initialisation, weights uniform in ±1/√fan_in, leaves of a gradient: a third of its
// mean square, since the variance of such a weight is 1/(3·fan_in). The ReLU of a stage halves it once more. A stage
// has four convolutions in a row.
void theory_facts(FactList& facts) {
  facts.whole("layers_in_stage", 4);
  facts.decimal("layer_shrinks", std::sqrt(3.0), 1);
  facts.whole("stage_shrinks", std::llround(std::sqrt(std::pow(3.0, 4) * 2)));
}

// runs/deeper.jsonl, and runs/deeper_pushed.jsonl with larger steps
void recorded_facts(FactList& facts) {
  const RecordedRun& run = recorded_run("deeper");
  for (int64_t modules = fewest; modules <= most; ++modules) {
    const RecordedRun::Net& net = run.net(text("deeper", modules));
    const double first = net.norm(1, "conv1.weight").gradient, last = net.norm(1, "fc.weight").gradient;
    facts.decimal(text("run", modules, "_first"), first, static_cast<int>(std::ceil(-std::log10(first))));
    facts.decimal(text("run", modules, "_last"), last, 1);
    facts.whole(text("run", modules, "_correct"), net.epochs.back().test_correct);
    facts.decimal(text("run", modules, "_loss"), net.epochs.back().test_loss, 3);
    if (const int64_t step = net.first_below(2); step > 0) facts.whole(text("run", modules, "_below_two"), step);
    facts.whole(text("run", modules, "_shrunk"), std::llround(last / first));
  }
  facts.whole("run_epochs", std::ssize(run.nets.front().epochs));
  facts.whole("run_batches", std::ssize(run.nets.front().epochs) * run.steps_per_epoch());
  const RecordedRun& pushed = recorded_run("deeper_pushed");
  for (const int64_t modules : {4, 5}) {
    const RecordedRun::Net& net = pushed.net(text("deeper", modules));
    facts.whole(text("pushed", modules, "_correct"), net.epochs.back().test_correct);
    if (const int64_t step = net.first_below(2); step > 0) facts.whole(text("pushed", modules, "_below_two"), step);
  }
}

void homework_facts(FactList& facts) {
  DeeperNet net(4);
  homework_shapes(facts, net, {1, 28, 28}, std::array{"conv1", "incept1", "conv2", "incept2", "conv3", "incept3"});
}

}  // namespace

FactList facts() {
  FactList facts;
  cost_facts(facts);
  shape_facts(facts);
  theory_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace cnnlab::deeper
