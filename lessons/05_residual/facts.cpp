#include "lessons/facts.hpp"

#include <array>
#include <cmath>

#include "lessons/05_residual/model.hpp"
#include "lessons/net_facts.hpp"
#include "lessons/recorded_run.hpp"
#include "lessons/three_stages.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::residual {
namespace {

using namespace three_stages;
enum Shortcut : int64_t { none, zeros, projection };

std::shared_ptr<nn::Module> net_of(int64_t depth, Shortcut shortcut) {
  return find_lesson("residual").make({{"depth", depth}, {"shortcut", shortcut}});
}

void net_facts(FactList& facts) {
  cost_facts(facts, depths, [](int64_t depth) { return net_of(depth, zeros); });
  facts.whole("depth", initial_depth);
  facts.whole("projection_more",
              net_of(initial_depth, projection)->parameter_count() - net_of(initial_depth, zeros)->parameter_count());
  facts.whole("blocks56", (56 - 2) / 2);
  // The paper's, for CIFAR-10.
  facts.whole("cifar20", ResNet({.in = 3}).parameter_count());
  facts.whole("cifar56", ResNet({.in = 3, .depth = 56}).parameter_count());
}

// Steps of the lab that the prose leads to. A training step on the tape is every op forward, the loss last, then the
// same ops backward, the last first.
void step_facts(FactList& facts) {
  const auto walk = [](Shortcut shortcut, const auto& see) {
    const auto net = net_of(initial_depth, shortcut);
    const Tape tape;
    (*net)(Tensor::zeros({1, 1, 28, 28}));
    const auto ops = static_cast<int64_t>(tape.records().size()) + 1;
    int64_t forward = 0;
    for (const auto& record : tape.records()) {
      see(*record.node, forward, 2 * ops - 1 - forward);
      ++forward;
    }
  };
  walk(zeros, [&](const Node<float>& node, int64_t forward, int64_t backward) {
    const auto& from = node.inputs[0].node();
    if (node.path == "layer1.0" && node.op == "add") facts.whole("step_add", forward);
    if (node.op == "zero_pad_shortcut" && node.path.starts_with("layer2")) facts.whole("step_pad", forward);
    // What a block gives goes both ways in the next: both parts of its gradient meet at its last ReLU.
    if (node.path == "layer1.1" && node.op == "relu" && from->op == "add") facts.whole("step_meet", backward);
    if (node.op == "global_avg_pool2d") facts.whole("last_channels", node.inputs[0].size(1));
    if (node.op == "global_avg_pool2d") facts.whole("last_side", node.inputs[0].size(2));
  });
  walk(none, [&](const Node<float>& node, int64_t, int64_t backward) {
    if (node.path == "layer1.3" && node.op == "relu") facts.whole("step_plain", backward);
  });
}

// runs/residual.jsonl: gradients of the first and of the last convolution at the first step, mean losses of batches 1
// to 100 and 801 to 900, and what is right at the end; and this of runs/residual_cosine.jsonl, whose steps get smaller.
void recorded_facts(FactList& facts) {
  const RecordedRun &race = recorded_run("residual"), &cosine = recorded_run("residual_cosine");
  for (const char* name : {"plain20", "residual20", "plain56", "residual56"}) {
    const RecordedRun::Net& net = race.net(name);
    const auto convolutions = net.first_convolutions();
    const double first = convolutions.front().gradient, last = convolutions.back().gradient;
    facts.decimal(text(name, "_first"), first, 2);
    facts.decimal(text(name, "_last"), last, 2);
    facts.whole(text(name, "_grown"), std::llround(first / last));
    facts.decimal(text("race_", name, "_early"), net.loss_at(100), 2);
    facts.decimal(text("race_", name, "_late"), net.loss_at(900), 3);
    facts.whole(text("race_", name, "_correct"), net.epochs.back().test_correct);
    facts.whole(text("cosine_", name, "_correct"), cosine.net(name).epochs.back().test_correct);
  }
  facts.decimal("race_ratio56", race.net("plain56").loss_at(900) / race.net("residual56").loss_at(900), 1);
}

// The homework's net is the paper's, for CIFAR-10.
void homework_facts(FactList& facts) {
  ResNet net({.in = 3});
  homework_shapes(
      facts, net, {3, 32, 32},
      std::array{"conv1", "layer1", "layer2", "layer3", "layer2.0.conv1", "layer2.0.conv2", "layer2.0.shortcut"});
}

}  // namespace

FactList facts() {
  FactList facts;
  net_facts(facts);
  step_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace cnnlab::residual
