#include "lessons/lesson.hpp"

#include <cmath>

#include "lessons/02_inception/model.hpp"
#include "lib/autograd/tape.hpp"

namespace cnnlab::inception {
namespace {

// The cost of a layer, read off the tape of one run.
struct Cost {
  int64_t weights, multiply_adds;
};

// A layer without bias on an image of `channels` channels of 28×28; several layers run one after the other.
Cost cost(int64_t channels, std::vector<nn::Conv2d::Options> layers) {
  Tape tape;
  Cost total{};
  Variable x = Tensor::zeros({1, channels, 28, 28});
  for (nn::Conv2d::Options options : layers) {
    options.bias = false;
    nn::Conv2d layer(options);
    x = layer(x);
    total.weights += layer.parameter_count();
    total.multiply_adds += tape.records().back().node->multiply_adds;
  }
  return total;
}

std::vector<Fact> facts() {
  std::vector<Fact> facts;
  const auto state = [&](std::string name, auto value, int decimals = 0) {
    facts.push_back({std::move(name), static_cast<double>(value), decimals});
  };
  const Cost direct = cost(192, {{.in = 192, .out = 32, .kernel = 5, .padding = 2}});
  const Cost bottleneck =
      cost(192, {{.in = 192, .out = 32, .kernel = 1}, {.in = 32, .out = 32, .kernel = 5, .padding = 2}});
  state("conv5x5_weights", direct.weights);
  state("conv5x5_mults", direct.multiply_adds);
  state("bottleneck_weights", bottleneck.weights);
  state("bottleneck_mults", bottleneck.multiply_adds);
  state("weights_ratio", static_cast<double>(direct.weights) / static_cast<double>(bottleneck.weights), 1);
  state("mults_ratio", static_cast<double>(direct.multiply_adds) / static_cast<double>(bottleneck.multiply_adds), 1);

  MainNet net;
  Tape tape;
  net(Tensor::zeros({1, 1, 28, 28}));
  int64_t multiply_adds = 0;
  for (const auto& record : tape.records()) {
    multiply_adds += record.node->multiply_adds;
    if (record.node->op == "flatten") {
      state("flatten_size", record.output.size(1));
      state("flatten_height", record.node->inputs[0].size(2));
    }
  }
  state("mainnet_parameters", net.parameter_count());
  state("mainnet_mults", multiply_adds);
  state("incept1_parameters", net.incept1.parameter_count());
  state("incept2_parameters", net.incept2.parameter_count());
  state("inception_in_first", net.incept1.in);
  state("inception_in_second", net.incept2.in);
  state("inception_channels", net.conv2.weight.size(1));
  state("branch1x1_channels", net.incept1.branch1x1.weight.size(0));
  state("branch5x5_channels", net.incept1.branch5x5_2.weight.size(0));
  state("branch3x3_channels", net.incept1.branch3x3_3.weight.size(0));
  state("branch_pool_channels", net.incept1.branch_pool.weight.size(0));
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "inception",
      .folder = "lessons/02_inception",
      .title_en = "Inception modules",
      .title_ko = "인셉션 모듈",
      .input = {1, 28, 28},
      .options = {},
      .sources = {"lessons/02_inception/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions&) { return std::make_shared<MainNet>(); },
      .facts = facts,
  };
}

}  // namespace cnnlab::inception
