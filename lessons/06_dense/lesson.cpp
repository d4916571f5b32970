#include "lessons/lesson.hpp"

#include <array>
#include <cmath>

#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lessons/cost.hpp"
#include "lessons/shape_facts.hpp"
#include "lessons/three_stages.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::dense {
namespace {

constexpr int64_t initial_depth = 22, initial_growth_rate = 8, initial_compression = 50;

std::shared_ptr<DenseNet> build(const LessonOptions& o, const Shape& image) {
  return std::make_shared<DenseNet>(DenseNet::Options{.in = image[0],
                                                      .depth = o.at("depth"),
                                                      .growth_rate = o.at("growth_rate"),
                                                      .bottleneck = o.at("bottleneck") != 0,
                                                      .compression = o.at("compression")});
}

std::shared_ptr<DenseNet> of_depth(int64_t depth) {
  return build(
      {{"depth", depth}, {"growth_rate", initial_growth_rate}, {"bottleneck", 0}, {"compression", initial_compression}},
      {1, 28, 28});
}

NetworkCost cost(nn::Module& net) { return cost_of(net, {1, 28, 28}); }

void cost_facts(FactList& facts) {
  for (const int64_t depth : {10, 22, 40, 58}) {
    const NetworkCost dense = cost(*of_depth(depth));
    facts.whole(text("parameters", depth), dense.parameters);
    facts.whole(text("mults", depth), dense.multiply_adds);
  }
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
  facts.whole("growth_rate", initial_growth_rate);
  facts.whole("layers", net->layers);
  facts.whole("connections", net->layers * (net->layers + 1) / 2);
  facts.whole("width1", net->width1);
  facts.whole("width2", net->width2);
  facts.whole("width3", net->width3);
  for (int64_t block = 1; const int64_t width : {net->width1, net->width2, net->width3})
    facts.whole(text("block", block++, "_channels"), width + net->grown);
  int64_t copied = 0;
  for (int64_t i = 0; i < net->layers; ++i) {
    const int64_t reads = net->width1 + i * initial_growth_rate;
    facts.whole(text("reads", i + 1), reads);
    facts.whole(text("gives", i + 1), reads + initial_growth_rate);
    facts.whole(text("weights", i + 1),
                nn::Conv2d({.in = reads, .out = initial_growth_rate, .kernel = 3, .bias = false}).parameter_count());
    copied += reads + initial_growth_rate;
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

// Runs of this program with `--lesson dense --lr 0.1 --momentum 0.9 --seed 1 --log FILE`.
// They were made before convolutions came to round
// otherwise (lib/kernels/winograd.simd.hpp): today the same command gives numbers that differ, deep nets' most.
//   … --set depth=N --steps 1 --log-norms 1   norms of the gradients of three convolutions: conv1, block1.0, the last
//   … --weight-decay 2e-4 --schedule cosine --augment --redraw 0.15 --epochs 10   the shipped weights' training
void recorded_facts(FactList& facts) {
  struct Norms {
    int64_t depth;
    double conv, first, last;
  };
  for (const Norms& run : {Norms{10, 0.278377, 0.071297, 0.031352}, Norms{22, 0.242008, 0.075584, 0.020140},
                           Norms{40, 0.213784, 0.123411, 0.011995}, Norms{58, 0.346721, 0.066704, 0.012587}}) {
    facts.decimal(text("norm", run.depth, "_conv"), run.conv, 2);
    facts.decimal(text("norm", run.depth, "_first"), run.first, 3);
    facts.decimal(text("norm", run.depth, "_last"), run.last, 3);
    facts.whole(text("norm", run.depth, "_times"), std::llround(run.first / run.last));
  }
  const auto& plain56 = three_stages::plain56_gradients;
  facts.whole("plain56_times", std::llround(plain56.first / plain56.last));
  struct Epoch {
    int64_t number;
    double train_loss;
    int64_t correct;  // of 10,000 test images
  };
  for (const Epoch& epoch :
       {Epoch{1, 0.332144, 9731}, Epoch{2, 0.091833, 9683}, Epoch{3, 0.074347, 9900}, Epoch{5, 0.054513, 9890}}) {
    facts.decimal(text("epoch", epoch.number, "_loss"), epoch.train_loss, 3);
    facts.whole(text("epoch", epoch.number, "_correct"), epoch.correct);
  }
}

// The homework's net is the paper's DenseNet-40, for CIFAR-10; its parts are counted from 1, these from 0.
void homework_facts(FactList& facts) {
  DenseNet net({.in = 3});
  homework_shapes(facts, net, {3, 32, 32},
                  std::array{"conv1", "block1", "trans1", "block2", "trans2", "block3", "block1.2.layer.norm",
                             "block1.2.layer.conv"});
}

FactList facts() {
  FactList facts;
  channel_facts(facts);
  cost_facts(facts);
  bottleneck_facts(facts);
  step_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "dense",
      .folder = "lessons/06_dense",
      .title_en = "Dense blocks",
      .title_ko = "밀집 블록",
      .input = {1, 28, 28},
      .options = {{.name = "depth",
                   .initial = initial_depth,
                   .least = 10,
                   .most = 100,
                   .help = "layers with weights, from the first convolution to the last linear layer",
                   .help_ko = "가중치가 있는 층의 수. 첫 합성곱부터 마지막 선형층까지 세요",
                   .step = 6},
                  {.name = "growth_rate",
                   .initial = initial_growth_rate,
                   .least = 4,
                   .most = 24,
                   .help = "channels that each layer adds",
                   .help_ko = "층마다 더하는 채널 수(성장률)",
                   .step = 4},
                  {.name = "bottleneck",
                   .initial = 0,
                   .least = 0,
                   .most = 1,
                   .help = "1 puts a 1×1 convolution in front of every 3×3 one, 0 does not",
                   .help_ko = "1이면 3×3 합성곱마다 앞에 1×1 합성곱을 두고, 0이면 두지 않아요"},
                  {.name = "compression",
                   .initial = initial_compression,
                   .least = 30,
                   .most = 100,
                   .help = "percent of the channels that a transition keeps",
                   .help_ko = "전이층이 남기는 채널의 비율(%)",
                   .step = 10}},
      .sources = {"lessons/06_dense/model.hpp", "lessons/training.hpp"},
      .build = build,
      .facts = facts,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "dense", .title_en = "DenseNet-{}", .title_ko = "DenseNet-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::dense
