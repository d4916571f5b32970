#include "lessons/lesson.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lessons/04_degradation/model.hpp"
#include "lessons/three_stages.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab::degradation {
namespace {

using namespace three_stages;

std::shared_ptr<PlainNet> build(const LessonOptions& o, const Shape& image) {
  return std::make_shared<PlainNet>(PlainNet::Options{
      .in = image[0], .depth = o.at("depth"), .width = o.at("width"), .batch_norm = o.at("batch_norm") != 0});
}

std::shared_ptr<PlainNet> digit_net(int64_t depth, bool batch_norm) {
  return build({{"depth", depth}, {"width", initial_width}, {"batch_norm", batch_norm}}, {1, 28, 28});
}

void net_facts(FactList& facts) {
  three_stages::cost_facts(facts, [](int64_t depth) { return digit_net(depth, true); });
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

// Runs of this program with `--lesson degradation --set depth=N batch_norm=B --lr 0.1 --momentum 0.9 --log FILE`.
// They were made before convolutions came to round
// otherwise (lib/kernels/winograd.simd.hpp): today the same command gives numbers that differ, deep nets' most.
//   … --steps 1 --log-norms 1            first, last: norms of the gradient of the first and of the last convolution
//   … --epochs 1 --log-every 100         early, late: mean losses of batches 1 to 100 and 801 to 900; correct
void norm_facts(FactList& facts) {
  struct Recorded {
    int64_t depth;
    double first, last;
  };
  for (const Recorded& run : {Recorded{8, 4.463029e-5, 0.020478}, Recorded{20, 2.694649e-10, 0.010156},
                              Recorded{32, 1.264751e-15, 0.015492}, Recorded{56, 1.148000e-24, 0.021826}}) {
    const std::string name = text("bare", run.depth);
    const auto exponent = static_cast<int64_t>(std::ceil(-std::log10(run.first)));
    facts.decimal(name + "_first", run.first * std::pow(10.0, exponent), 1);
    facts.whole(name + "_exponent", exponent);
    facts.decimal(name + "_last", run.last, 3);
    facts.whole(name + "_decades", std::llround(std::log10(run.last / run.first)));
  }
  for (const Recorded& run :
       {Recorded{8, 0.182905, 0.110174}, Recorded{20, 1.646989, 0.120240}, Recorded{32, 14.525087, 0.176197},
        Recorded{56, plain56_gradients.first, plain56_gradients.last}}) {
    const std::string name = text("normed", run.depth);
    facts.decimal(name + "_first", run.first, 2);
    facts.decimal(name + "_last", run.last, 2);
    facts.whole(name + "_grown", std::llround(run.first / run.last));
    if (run.depth == 56)
      facts.whole("growth56_percent", std::llround(100 * (std::pow(run.first / run.last, 1.0 / (56 - 2)) - 1)));
  }
  // The size of the first convolution's weights with 56 layers: at the start, and after the first step.
  manual_seed(1);
  double squares = 0;
  const auto net = digit_net(56, true);
  for (const float w : net->first.conv.weight.value().data()) squares += static_cast<double>(w) * w;
  facts.decimal("normed56_weight_before", std::sqrt(squares), 1);
  facts.decimal("normed56_weight_after", 42.511656, 1);
}

void race_facts(FactList& facts) {
  struct Recorded {
    const char* name;
    double early, late;
    int64_t correct;  // of 10,000 test images, at the end
  };
  for (const Recorded& run :
       {Recorded{"race8", 1.257411, 0.087303, 9791}, Recorded{"race20", 1.129982, 0.097446, 9737},
        Recorded{"race32", 1.250152, 0.120171, 8961}, Recorded{"race56", 2.218679, 0.426954, 8058},
        Recorded{"bare_race8", 2.304709, 2.304494, 1135}, Recorded{"bare_race20", 2.304803, 2.304494, 1135}}) {
    facts.decimal(text(run.name, "_early"), run.early, 2);
    facts.decimal(text(run.name, "_late"), run.late, 2);
    facts.whole(text(run.name, "_correct"), run.correct);
  }
  facts.decimal("race_ratio", 0.426954 / 0.097446, 1);
}

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

}  // namespace

Lesson lesson() {
  return {
      .id = "degradation",
      .folder = "lessons/04_degradation",
      .title_en = "Degradation",
      .title_ko = "퇴화",
      .input = {1, 28, 28},
      .options = {depth_option(),
                  width_option(),
                  {.name = "batch_norm",
                   .initial = 1,
                   .least = 0,
                   .most = 1,
                   .help = "1 normalises behind every convolution, 0 does not",
                   .help_ko = "1이면 합성곱마다 뒤에서 정규화하고, 0이면 하지 않아요"}},
      .sources = {"lessons/04_degradation/model.hpp", "lessons/training.hpp"},
      .build = build,
      .facts = facts,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "plain", .title_en = "Plain-{}", .title_ko = "Plain-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::degradation
