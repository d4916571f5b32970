#include "lessons/lesson.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "lessons/04_degradation/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/shape_facts.hpp"
#include "lessons/three_stages.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::residual {
namespace {

using namespace three_stages;
enum Shortcut : int64_t { none, zeros, projection };

std::shared_ptr<nn::Module> build(const LessonOptions& o, const Shape& image) {
  const int64_t depth = o.at("depth"), width = o.at("width"), shortcut = o.at("shortcut");
  if (shortcut == none) {
    return std::make_shared<degradation::PlainNet>(
        degradation::PlainNet::Options{.in = image[0], .depth = depth, .width = width});
  }
  return std::make_shared<ResNet>(
      ResNet::Options{.in = image[0], .depth = depth, .width = width, .projection = shortcut == projection});
}

LessonOptions chosen(int64_t depth, int64_t shortcut) {
  return {{"depth", depth}, {"width", initial_width}, {"shortcut", shortcut}};
}

void net_facts(FactList& facts) {
  three_stages::cost_facts(facts, [](int64_t depth) { return build(chosen(depth, zeros), {1, 28, 28}); });
  facts.whole("depth", initial_depth);
  facts.whole("projection_more", build(chosen(initial_depth, projection), {1, 28, 28})->parameter_count() -
                                     build(chosen(initial_depth, zeros), {1, 28, 28})->parameter_count());
  facts.whole("blocks56", (56 - 2) / 2);
  // The paper's, for CIFAR-10.
  facts.whole("cifar20", ResNet({.in = 3}).parameter_count());
  facts.whole("cifar56", ResNet({.in = 3, .depth = 56}).parameter_count());
}

// Steps of the lab that the prose leads to. A training step on the tape is every op forward, the loss last, then the
// same ops backward, the last first.
void step_facts(FactList& facts) {
  const auto walk = [](int64_t shortcut, const auto& see) {
    const auto net = build(chosen(initial_depth, shortcut), {1, 28, 28});
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

// Runs of this program with `--lesson residual --set depth=N shortcut=S --lr 0.1 --momentum 0.9 --log FILE`.
// They were made before convolutions came to round
// otherwise (lib/kernels/winograd.simd.hpp): today the same command gives numbers that differ, deep nets' most.
//   … --steps 1 --log-norms 1            first, last: norms of the gradient of the first and of the last convolution
//   … --epochs 1 --log-every 100         early, late: mean losses of batches 1 to 100 and 801 to 900; correct, loss
void recorded_facts(FactList& facts) {
  struct Recorded {
    const char* name;
    double first, last, early, late;
    int64_t correct;  // of 10,000 test images, at the end
    double loss;      // their mean
  };
  for (const Recorded& run :
       {Recorded{"plain20", 1.646989, 0.120240, 1.129982, 0.097446, 9737, 0.085215},
        Recorded{"residual20", 1.132191, 0.159800, 0.910589, 0.072706, 9455, 0.165076},
        Recorded{"plain56", plain56_gradients.first, plain56_gradients.last, 2.218679, 0.426954, 8058, 0.618848},
        Recorded{"residual56", 2.433381, 0.190138, 1.783943, 0.085353, 9610, 0.125327}}) {
    facts.decimal(text(run.name, "_first"), run.first, 2);
    facts.decimal(text(run.name, "_last"), run.last, 2);
    facts.whole(text(run.name, "_grown"), std::llround(run.first / run.last));
    facts.decimal(text("race_", run.name, "_early"), run.early, 2);
    facts.decimal(text("race_", run.name, "_late"), run.late, 3);
    facts.whole(text("race_", run.name, "_correct"), run.correct);
    facts.decimal(text("race_", run.name, "_loss"), run.loss, 3);
  }
  facts.decimal("race_ratio56", 0.426954 / 0.085353, 1);
  // The same weights of residual20, tested in batches of 64 that are normalised by their own mean and variance.
  facts.whole("race_residual20_own_correct", 9838);
  facts.decimal("race_residual20_own_loss", 0.0526, 3);
}

// The homework's net is the paper's, for CIFAR-10.
void homework_facts(FactList& facts) {
  ResNet net({.in = 3});
  homework_shapes(
      facts, net, {3, 32, 32},
      std::array{"conv1", "layer1", "layer2", "layer3", "layer2.0.conv1", "layer2.0.conv2", "layer2.0.shortcut"});
}

FactList facts() {
  FactList facts;
  net_facts(facts);
  step_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "residual",
      .folder = "lessons/05_residual",
      .title_en = "Residual connections",
      .title_ko = "잔차 연결",
      .input = {1, 28, 28},
      .options = {depth_option(),
                  width_option(),
                  {.name = "shortcut",
                   .initial = zeros,
                   .least = none,
                   .most = projection,
                   .help = "0: none, a plain net; 1: padded with zeros where channels grow; 2: a 1×1 convolution there",
                   .help_ko =
                       "0이면 지름길 없는 평범한 신경망, 1이면 채널이 늘 때 0을 덧붙이고, 2면 1×1 합성곱을 써요"}},
      .sources = {"lessons/05_residual/model.hpp", "lessons/04_degradation/model.hpp", "lessons/training.hpp"},
      .build = build,
      .facts = facts,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "residual", .title_en = "ResNet-{}", .title_ko = "ResNet-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::residual
