#include "lessons/lesson.hpp"

#include <array>
#include <cmath>

#include "lessons/03_deeper/model.hpp"
#include "lessons/cost.hpp"
#include "lessons/shape_facts.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::deeper {
namespace {

constexpr int64_t fewest = 2, initial = 3, most = 8;

int64_t multiply_adds(int64_t modules) {
  DeeperNet net(modules);
  return cost_of(net, {1, 28, 28}).multiply_adds;
}

void cost_facts(FactList& facts) {
  for (int64_t modules = fewest; modules <= 6; ++modules) {
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

// Runs of this program with `--lesson deeper --set modules=N --threads 1`. They were made before convolutions came to
// round otherwise (lib/kernels/winograd.simd.hpp): today the same command gives numbers that differ, deep nets' most.
//   cnnlab train … --epochs 3 --log FILE                                    correct, loss, below_two
//   cnnlab train … --steps 1 --log FILE --log-norms 1                       first, last: norms of the first gradient
//   cnnlab train … --epochs 3 --lr 0.05 --momentum 0.9 --log FILE           bold4, with four modules
void recorded_facts(FactList& facts) {
  struct Recorded {
    int64_t modules;
    int64_t correct;     // of 10,000 test images, at the end
    double loss;         // their mean
    int64_t below_two;   // the first batch in the log, every fiftieth is, whose loss was below 2; 0 for never
    double first, last;  // of conv1.weight and fc.weight
  };
  for (const Recorded& run : {Recorded{2, 9759, 0.07732, 250, 9.790593626e-3, 0.368015596},
                              Recorded{3, 9699, 0.09784, 800, 7.842614586e-4, 0.390441104},
                              Recorded{4, 1135, 2.30106, 0, 5.322483627e-5, 0.363352932},
                              Recorded{5, 1135, 2.30145, 0, 7.436871986e-6, 0.387339383},
                              Recorded{6, 1135, 2.30142, 0, 3.350311323e-7, 0.380344019}}) {
    facts.whole(text("run", run.modules, "_correct"), run.correct);
    facts.decimal(text("run", run.modules, "_loss"), run.loss, 3);
    if (run.below_two > 0) facts.whole(text("run", run.modules, "_below_two"), run.below_two);
    facts.whole(text("run", run.modules, "_shrunk"), std::llround(run.last / run.first));
  }
  facts.whole("bold4_correct", 9761);
  facts.whole("run_epochs", 3);
  facts.whole("run_batches", int64_t{3} * 938);
}

void homework_facts(FactList& facts) {
  DeeperNet net(4);
  homework_shapes(facts, net, {1, 28, 28}, std::array{"conv1", "incept1", "conv2", "incept2", "conv3", "incept3"});
}

FactList facts() {
  FactList facts;
  cost_facts(facts);
  shape_facts(facts);
  theory_facts(facts);
  recorded_facts(facts);
  homework_facts(facts);
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "deeper",
      .folder = "lessons/03_deeper",
      .title_en = "Deeper",
      .title_ko = "더 깊게",
      .input = {1, 28, 28},
      .options = {{.name = "modules",
                   .initial = initial,
                   .least = fewest,
                   .most = most,
                   .help = "Inception modules, each behind a convolution",
                   .help_ko = "인셉션 모듈의 수. 모듈마다 앞에 합성곱이 하나씩 있어요"}},
      .sources = {"lessons/03_deeper/model.hpp", "lessons/02_inception/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return std::make_shared<DeeperNet>(o.at("modules")); },
      .facts = facts,
      .racing = {{.name = "deeper",
                  .title_en = "MainNet, {} modules",
                  .title_ko = "MainNet, 모듈 {}개",
                  .option = "modules"}},
  };
}

}  // namespace cnnlab::deeper
