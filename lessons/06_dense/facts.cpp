#include "lessons/facts.hpp"

#include <array>
#include <cmath>

#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lessons/cost.hpp"
#include "lessons/net_facts.hpp"
#include "lessons/recorded_run.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::dense {
namespace {

constexpr int64_t initial_depth = 22, growth_rate = 8;

std::shared_ptr<DenseNet> of_depth(int64_t depth) {
  return std::make_shared<DenseNet>(
      DenseNet::Options{.in = 1, .depth = depth, .growth_rate = growth_rate, .compression = 50});
}

constexpr int64_t depths[] = {10, 22, 40, 58};

NetworkCost cost(nn::Module& net) { return cost_of(net, {1, 28, 28}); }

void size_facts(FactList& facts) {
  cost_facts(facts, depths, of_depth);
  // The residual lesson's net, as it is shipped.
  residual::ResNet resnet({.in = 1, .depth = 20, .width = 8});
  const NetworkCost dense = cost(*of_depth(initial_depth)), residual = cost(resnet);
  facts.whole("residual_parameters", residual.parameters);
  facts.whole("residual_mults", residual.multiply_adds);
  facts.whole("dense_values", dense.values);
  facts.whole("residual_values", residual.values);
  // The papers', for CIFAR-10.
  facts.whole("cifar_residual20", residual::ResNet({.in = 3}).parameter_count());
  facts.whole("cifar_residual56", residual::ResNet({.in = 3, .depth = 56}).parameter_count());
  facts.whole("cifar_dense40", DenseNet({.in = 3}).parameter_count());
  facts.whole("cifar_bc100",
              DenseNet({.in = 3, .depth = 100, .bottleneck = true, .compression = 50}).parameter_count());
}

// What each layer of the first block reads ("reads1" to "reads6") and has of weights; what the blocks give.
void channel_facts(FactList& facts) {
  const auto net = of_depth(initial_depth);
  facts.whole("depth", initial_depth);
  facts.whole("growth_rate", growth_rate);
  facts.whole("layers", net->layers);
  facts.whole("connections", net->layers * (net->layers + 1) / 2);
  facts.whole("width1", net->width1);
  facts.whole("width2", net->width2);
  facts.whole("width3", net->width3);
  for (int64_t block = 1; const int64_t width : {net->width1, net->width2, net->width3})
    facts.whole(text("block", block++, "_channels"), width + net->grown);
  int64_t copied = 0;
  for (int64_t i = 0; i < net->layers; ++i) {
    const int64_t reads = net->width1 + i * growth_rate;
    facts.whole(text("reads", i + 1), reads);
    facts.whole(text("gives", i + 1), reads + growth_rate);
    facts.whole(text("weights", i + 1),
                nn::Conv2d({.in = reads, .out = growth_rate, .kernel = 3, .bias = false}).parameter_count());
    copied += reads + growth_rate;
  }
  facts.whole("copied_channels", copied);
}

// The widest layer of the first block of DenseNet-BC-100, with its bottleneck and without; weights of convolutions.
void bottleneck_facts(FactList& facts) {
  const DenseNet net({.in = 3, .depth = 100, .bottleneck = true, .compression = 50});
  const int64_t growth = net.options.growth_rate, reads = net.width1 + (net.layers - 1) * growth;
  const auto weights = [](int64_t in, int64_t out, int64_t kernel) { return in * out * kernel * kernel; };
  facts.whole("bc_growth_rate", growth);
  facts.whole("bc_reads", reads);
  facts.whole("bc_direct", weights(reads, growth, 3));
  facts.whole("bc_middle", 4 * growth);
  facts.whole("bc_squeezed", weights(reads, 4 * growth, 1) + weights(4 * growth, growth, 3));
}

// Steps of the lab that the prose leads to, counted as in the residual lesson: every op forward, the loss last, then
// the same ops backward, the last first.
void step_facts(FactList& facts) {
  const auto net = of_depth(initial_depth);
  const Tape tape;
  (*net)(Tensor::zeros({1, 1, 28, 28}));
  const auto ops = static_cast<int64_t>(tape.records().size()) + 1;
  for (int64_t forward = 0; const auto& [node, output] : tape.records()) {
    if (node->path == "block1.0" && node->op == "cat") {
      facts.whole("step_cat", forward);
      facts.whole("step_meet", 2 * ops - 1 - forward);  // the next layer reads it, and hands it on
    }
    if (node->path == "trans1.mix.conv") facts.whole("step_transition", forward);
    ++forward;
  }
}

// runs/dense.jsonl: gradients of three convolutions at the first step; and runs/augmented.jsonl: the shipped weights'
// training.
void recorded_facts(FactList& facts) {
  for (const int64_t depth : depths) {
    const RecordedRun::Net& net = recorded_run("dense").net(text("dense", depth));
    const double first = net.norm(1, "block1.0.layer.conv.weight").gradient;
    const double last = net.first_convolutions().back().gradient;
    facts.decimal(text("norm", depth, "_conv"), net.norm(1, "conv1.weight").gradient, 2);
    facts.decimal(text("norm", depth, "_first"), first, 3);
    facts.decimal(text("norm", depth, "_last"), last, 3);
    facts.whole(text("norm", depth, "_times"), std::llround(first / last));
  }
  const auto plain56 = recorded_run("residual").net("plain56").first_convolutions();
  facts.whole("plain56_times", std::llround(plain56.front().gradient / plain56.back().gradient));
  for (const char* name : {"residual20", "dense22"}) {
    const RecordedRun::Net& net = recorded_run("augmented").net(name);
    for (int64_t number = 1; const RecordedRun::Epoch& epoch : net.epochs) {
      facts.decimal(text(name, "_epoch", number, "_loss"), epoch.train_loss, 3);
      facts.whole(text(name, "_epoch", number, "_correct"), epoch.test_correct);
      ++number;
    }
  }
}

// The homework's net is the paper's DenseNet-40, for CIFAR-10; its parts are counted from 1, these from 0.
void homework_facts(FactList& facts) {
  DenseNet net({.in = 3});
  homework_shapes(facts, net, {3, 32, 32},
                  std::array{"conv1", "block1", "trans1", "block2", "trans2", "block3", "block1.2.layer.norm",
                             "block1.2.layer.conv"});
}

}  // namespace

FactList facts() {
  FactList facts;
  channel_facts(facts);
  size_facts(facts);
  bottleneck_facts(facts);
  step_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace cnnlab::dense
