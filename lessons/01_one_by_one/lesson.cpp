#include "lessons/lesson.hpp"

#include <cmath>

#include "lessons/01_one_by_one/cost.hpp"
#include "lessons/01_one_by_one/model.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::one_by_one {
namespace {

constexpr int64_t initial_width = 8, widest = 32;

std::shared_ptr<nn::Module> build(bool bottleneck, int64_t width) {
  if (bottleneck) return std::make_shared<BottleneckNet>(width);
  return std::make_shared<DirectNet>();
}

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

// The source lesson's example: 5×5, 192 → 32 channels on 28×28, directly and by way of 32 or fewer.
void calculator_facts(FactList& facts) {
  const Cost direct = conv_cost(5, 192, 32, 28);
  facts.whole("direct_weights", direct.weights);
  facts.whole("direct_mults", direct.multiplications);
  for (const int64_t width : {32, 16, 1}) {
    const Cost detour = bottleneck_cost(5, 192, width, 32, 28);
    const std::string name = text("detour", width);
    facts.whole(name + "_weights", detour.weights);
    facts.whole(name + "_mults", detour.multiplications);
    facts.decimal(name + "_ratio", ratio(direct.multiplications, detour.multiplications), 1);
  }
  facts.whole("widest", widest_bottleneck(5, 192, 32));
  // The 3×3 of the same module, by way of 96.
  facts.decimal("conv3x3_ratio",
                ratio(conv_cost(3, 192, 128, 28).weights, bottleneck_cost(3, 192, 96, 128, 28).weights), 1);
  facts.whole("conv3x3_widest", widest_bottleneck(3, 192, 128));
}

// What one run of a network costs, and one of its layers.
struct Run {
  int64_t parameters, mults, conv2_mults, reduce_mults, side;
};
Run run(bool bottleneck) {
  const auto net = build(bottleneck, initial_width);
  const Tape tape;
  (*net)(Tensor::zeros({1, 1, 28, 28}));
  Run run{.parameters = net->parameter_count(), .mults = 0, .conv2_mults = 0, .reduce_mults = 0, .side = 0};
  for (const auto& [node, output] : tape.records()) {
    run.mults += node->multiply_adds;
    if (node->path == "conv2") run.conv2_mults = node->multiply_adds, run.side = output.size(2);
    if (node->path == "reduce") run.reduce_mults = node->multiply_adds;
  }
  return run;
}

void network_facts(FactList& facts) {
  const Run direct = run(false), bottleneck = run(true);
  facts.whole("width", initial_width);
  facts.whole("map_side", direct.side);
  facts.whole("direct_net_parameters", direct.parameters);
  facts.whole("direct_net_mults", direct.mults);
  facts.whole("direct_conv2_mults", direct.conv2_mults);
  facts.whole("bottleneck_net_parameters", bottleneck.parameters);
  facts.whole("bottleneck_net_mults", bottleneck.mults);
  facts.whole("bottleneck_conv2_mults", bottleneck.conv2_mults);
  facts.whole("reduce_mults", bottleneck.reduce_mults);
  facts.decimal("net_ratio", ratio(direct.mults, bottleneck.mults), 1);
  facts.decimal("conv2_ratio", ratio(direct.conv2_mults, bottleneck.conv2_mults + bottleneck.reduce_mults), 1);
}

// Runs of this program, all of `cnnlab train --lesson one_by_one --epochs 3 --threads 1 --log FILE` with the options
// below. They were made before convolutions came to round
// otherwise (lib/kernels/winograd.simd.hpp): today the same command gives numbers that differ, deep nets' most.
void recorded_facts(FactList& facts) {
  struct Recorded {
    const char *name, *options;
    int64_t correct;    // of 10,000 test images, at the end
    double loss;        // their mean
    int64_t below_one;  // the first batch in the log whose loss was below 1; every fiftieth is, and an epoch's last
  };
  const Recorded direct{"direct", "--set bottleneck=0", 9779, 0.07077, 150};
  const Recorded narrow{"bottleneck", "", 9778, 0.06794, 250};
  const Recorded two{"width2", "--set width=2", 9762, 0.07492, 938};
  const Recorded one{"width1", "--set width=1", 9720, 0.08920, 300};
  for (const Recorded& run : {direct, narrow, two, one}) {
    facts.whole(text("run_", run.name, "_correct"), run.correct);
    facts.decimal(text("run_", run.name, "_loss"), run.loss, 3);
    facts.whole(text("run_", run.name, "_below_one"), run.below_one);
  }
  // Seconds of training, an epoch of the direct net's and of the other's (medians of three; a machine that was shared).
  facts.decimal("run_time_ratio", 44.2 / 25.6, 1);
  facts.whole("run_epochs", 3);
  // How far chance moves such a count of 10,000 (binomial).
  const double share = static_cast<double>(direct.correct) / 10000;
  facts.decimal("run_correct_sd", std::sqrt(10000 * share * (1 - share)), 0);
}

FactList facts() {
  FactList facts;
  calculator_facts(facts);
  network_facts(facts);
  recorded_facts(facts);
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "one_by_one",
      .folder = "lessons/01_one_by_one",
      .title_en = "1×1 convolutions",
      .title_ko = "1×1 합성곱",
      .input = {1, 28, 28},
      .options = {{.name = "bottleneck",
                   .initial = 1,
                   .least = 0,
                   .most = 1,
                   .help = "1 puts a 1×1 convolution before the 5×5, 0 leaves it out",
                   .help_ko = "1이면 5×5 앞에 1×1 합성곱을 두고, 0이면 두지 않아요"},
                  {.name = "width",
                   .initial = initial_width,
                   .least = 1,
                   .most = widest,
                   .help = "channels that the 1×1 convolution leaves",
                   .help_ko = "1×1 합성곱이 남기는 채널 수"}},
      .sources = {"lessons/01_one_by_one/model.hpp", "lessons/01_one_by_one/cost.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return build(o.at("bottleneck") != 0, o.at("width")); },
      .facts = facts,
      .racing = {{.name = "direct", .title_en = "5×5 alone", .title_ko = "5×5만", .fixed = {{"bottleneck", 0}}},
                 {.name = "bottleneck",
                  .title_en = "1×1, then 5×5",
                  .title_ko = "1×1 다음 5×5",
                  .fixed = {{"bottleneck", 1}}}},
  };
}

}  // namespace cnnlab::one_by_one
