#include "lessons/facts.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lessons/04_degradation/model.hpp"
#include "lessons/net_facts.hpp"
#include "lessons/recorded_run.hpp"
#include "lessons/three_stages.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab::degradation {
namespace {

using namespace three_stages;

std::shared_ptr<PlainNet> digit_net(int64_t depth, bool batch_norm) {
  return std::make_shared<PlainNet>(
      PlainNet::Options{.in = 1, .depth = depth, .width = initial_width, .batch_norm = batch_norm});
}

void net_facts(FactList& facts) {
  cost_facts(facts, depths, [](int64_t depth) { return digit_net(depth, true); });
  facts.whole("depth", initial_depth);
  facts.whole("width", initial_width);
  facts.whole("extra_layers", 56 - initial_depth);
}

// What a layer of PyTorch's default initialisation leaves of a gradient: a third of its mean square, since the variance
// of a weight is 1/(3·fan_in), and the ReLU half of that.
void theory_facts(FactList& facts) {
  const double decades = std::log10(std::sqrt(6.0));
  facts.decimal("layer_shrinks", std::sqrt(6.0), 1);
  facts.decimal("ten_layers_decades", 10 * decades, 1);
  facts.whole("convolutions56", 56 - 2);  // that a gradient passes on its way to the first one
  facts.whole("theory56_decades", std::llround((56 - 2) * decades));
}

// How far apart the answers to a black and to a white image are before any training: the largest difference between
// two of the ten logarithms of probabilities.
double apart(int64_t depth, bool batch_norm) {
  manual_seed(1);
  const auto net = digit_net(depth, batch_norm);
  Tensor images = Tensor::zeros({2, 1, 28, 28});
  std::fill(images.data().begin() + images.numel() / 2, images.data().end(), 1.0F);
  const Tensor answers = (*net)(images).value();
  double most = 0;
  for (int64_t i = 0; i < 10; ++i)
    most = std::max(most, std::abs(static_cast<double>(answers.data()[10 + i]) - answers.data()[i]));
  return most;
}

void answer_facts(FactList& facts) {
  facts.decimal("apart8", apart(8, false), 4);
  facts.decimal("apart56", apart(56, false), 4);
  facts.decimal("apart56_normalised", apart(56, true), 1);
}

// Steps of the lab that the prose leads to. A training step on the tape is every op forward, the loss last, then the
// same ops backward, the last first.
void step_facts(FactList& facts) {
  const auto net = digit_net(initial_depth, true);
  const Tape tape;
  (*net)(Tensor::zeros({1, 1, 28, 28}));
  int64_t step = 0;
  for (const auto& [node, output] : tape.records()) {
    if (node->path == "first.bn") facts.whole("step_bn", step);
    ++step;
  }
}

// runs/vanishing.jsonl, without BatchNorm, and runs/degradation.jsonl, with it: the gradients of the first and of the
// last convolution at the first step.
void norm_facts(FactList& facts) {
  for (const int64_t depth : depths) {
    const auto bare = recorded_run("vanishing").net(text("plain", depth, ":batch_norm=0")).first_convolutions();
    const double first = bare.front().gradient, last = bare.back().gradient;
    const auto exponent = static_cast<int64_t>(std::ceil(-std::log10(first)));
    facts.decimal(text("bare", depth, "_first"), first * std::pow(10.0, exponent), 1);
    facts.whole(text("bare", depth, "_exponent"), exponent);
    facts.decimal(text("bare", depth, "_last"), last, 3);
    facts.whole(text("bare", depth, "_decades"), std::llround(std::log10(last / first)));
  }
  for (const int64_t depth : depths) {
    const auto normed = recorded_run("degradation").net(text("plain", depth)).first_convolutions();
    const double first = normed.front().gradient, last = normed.back().gradient;
    facts.decimal(text("normed", depth, "_first"), first, 2);
    facts.decimal(text("normed", depth, "_last"), last, 2);
    facts.whole(text("normed", depth, "_grown"), std::llround(first / last));
    if (depth != 56) continue;
    facts.whole("normed56_decades", std::llround(std::log10(first / last)));
    facts.whole("growth56_percent", std::llround(100 * (std::pow(first / last, 1.0 / (56 - 2)) - 1)));
    facts.decimal("normed56_weight_after", normed.front().weight, 1);
  }
  // The size of that convolution's weights before the step.
  manual_seed(1);
  double squares = 0;
  const auto net = digit_net(56, true);
  for (const float w : net->first.conv.weight.value().data()) squares += static_cast<double>(w) * w;
  facts.decimal("normed56_weight_before", std::sqrt(squares), 1);
}

// The same races: mean losses of batches 1 to 100 and 801 to 900, and what is right at the end.
void race_facts(FactList& facts) {
  for (const int64_t depth : depths) {
    const RecordedRun::Net& net = recorded_run("degradation").net(text("plain", depth));
    facts.decimal(text("race", depth, "_early"), net.loss_at(100), 2);
    facts.decimal(text("race", depth, "_late"), net.loss_at(900), 2);
    facts.whole(text("race", depth, "_correct"), net.epochs.back().test_correct);
    const RecordedRun::Net& bare = recorded_run("vanishing").net(text("plain", depth, ":batch_norm=0"));
    facts.decimal(text("bare_race", depth, "_late"), bare.loss_at(900), 2);
    facts.whole(text("bare_race", depth, "_correct"), bare.epochs.back().test_correct);
  }
  const RecordedRun& race = recorded_run("degradation");
  facts.decimal("race_ratio", race.net("plain56").loss_at(900) / race.net("plain20").loss_at(900), 1);
}

}  // namespace

FactList facts() {
  FactList facts;
  net_facts(facts);
  theory_facts(facts);
  answer_facts(facts);
  step_facts(facts);
  norm_facts(facts);
  race_facts(facts);
  return facts;
}

}  // namespace cnnlab::degradation
