#include "lessons/facts.hpp"

#include <cmath>

#include "lessons/01_one_by_one/cost.hpp"
#include "lessons/01_one_by_one/model.hpp"
#include "lessons/recorded_run.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::one_by_one {
namespace {

constexpr int64_t width = 8;  // the bottleneck's, as the lesson has it at first

double ratio(int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); }

// The source lesson's example: 5×5, 192 → 32 channels on 28×28, directly and by way of 32 or fewer.
void calculator_facts(FactList& facts) {
  const Cost direct = conv_cost(5, 192, 32, 28);
  facts.whole("direct_weights", direct.weights);
  facts.whole("direct_mults", direct.multiplications);
  for (const int64_t middle : {32, 16, 1}) {
    const Cost detour = bottleneck_cost(5, 192, middle, 32, 28);
    const std::string name = text("detour", middle);
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
  const auto net = find_lesson("one_by_one").make({{"bottleneck", bottleneck}, {"width", width}});
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
  facts.whole("width", width);
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

// runs/one_by_one.jsonl
void recorded_facts(FactList& facts) {
  const RecordedRun& run = recorded_run("one_by_one");
  const auto &direct = run.net("direct"), &bottleneck = run.net("bottleneck");
  const std::pair<const char*, const RecordedRun::Net&> nets[] = {{"direct", direct},
                                                                  {"bottleneck", bottleneck},
                                                                  {"width2", run.net("bottleneck:width=2")},
                                                                  {"width1", run.net("bottleneck:width=1")}};
  for (const auto& [name, net] : nets) {
    facts.whole(text("run_", name, "_correct"), net.epochs.back().test_correct);
    facts.decimal(text("run_", name, "_loss"), net.epochs.back().test_loss, 3);
    facts.whole(text("run_", name, "_below_one"), net.first_below(1));
  }
  facts.decimal("run_time_ratio", bottleneck.images_per_second / direct.images_per_second, 1);
  facts.whole("run_epochs", std::ssize(direct.epochs));
  // How far chance moves such a count (binomial).
  const auto correct = static_cast<double>(direct.epochs.back().test_correct);
  facts.decimal("run_correct_sd", std::sqrt(correct * (1 - correct / static_cast<double>(run.test_images))), 0);
}

}  // namespace

FactList facts() {
  FactList facts;
  calculator_facts(facts);
  network_facts(facts);
  recorded_facts(facts);
  return facts;
}

}  // namespace cnnlab::one_by_one
