#include "lessons/facts.hpp"

#include <cmath>

#include <xtensor/xmath.hpp>

#include "lessons/02_inception/model.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/tensor/array.hpp"
#include "lib/train/trainer.hpp"

namespace cnnlab::inception {
namespace {

// The cost of a layer, read off the tape of one run.
struct Cost {
  int64_t weights, multiply_adds;
};

// A layer without bias on an image of `channels` channels of 28×28; several layers run one after the other.
Cost cost(int64_t channels, const std::vector<nn::Conv2d::Options>& layers) {
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

// What a 1×1 bottleneck saves: 5×5, 192 → 32 channels, directly and by way of 32 (Szegedy et al. 2015, module 3a).
void bottleneck_facts(FactList& facts) {
  const Cost direct = cost(192, {{.in = 192, .out = 32, .kernel = 5, .padding = 2}});
  const auto by_way_of = [](int64_t width) {
    return cost(192, {{.in = 192, .out = width, .kernel = 1}, {.in = width, .out = 32, .kernel = 5, .padding = 2}});
  };
  const Cost bottleneck = by_way_of(32);
  const auto ratio = [](int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); };
  facts.whole("conv5x5_weights", direct.weights);
  facts.whole("conv5x5_mults", direct.multiply_adds);
  facts.whole("bottleneck_weights", bottleneck.weights);
  facts.whole("bottleneck_mults", bottleneck.multiply_adds);
  facts.decimal("weights_ratio", ratio(direct.weights, bottleneck.weights), 1);
  facts.decimal("mults_ratio", ratio(direct.multiply_adds, bottleneck.multiply_adds), 1);
  facts.whole("bottleneck_break_even", static_cast<int64_t>(ratio(direct.multiply_adds, by_way_of(1).multiply_adds)));
}

// The share of a K×K convolution's multiplications on an n×n image that meet padding. Ones convolved with ones count
// the cells of each window that lie on the image.
double padding_share(int64_t n, int64_t k, int64_t padding) {
  const Tape own;  // what is computed here is no part of the tape that the caller reads
  const Variable image = Tensor::full({1, 1, n, n}, 1), window = Tensor::full({1, 1, k, k}, 1);
  const Tensor inside = conv2d(image, window, {}, {.padding = padding}).value();
  return 1 - xt::mean(as_array(inside))() / static_cast<double>(k * k);
}

// Sizes on the way through MainNet, as the tape of one run has them.
void shape_facts(MainNet& net, FactList& facts) {
  Tape tape;
  net(Tensor::zeros({1, 1, 28, 28}));
  int64_t multiply_adds = 0, step = 0;
  for (const auto& [node, output] : tape.records()) {
    if (node->path == "incept1.branch1x1") facts.whole("step_branch1x1", step);
    if (node->path == "incept1" && node->op == "cat") facts.whole("step_cat", step);
    ++step;
    multiply_adds += node->multiply_adds;
    if (node->path == "conv1") facts.whole("conv1_side", output.size(2));
    if (node->path == "incept1" && node->op == "cat") facts.whole("incept1_side", output.size(2));
    if (node->path == "conv2") facts.whole("conv2_side", output.size(2));
    if (node->op == "flatten") {
      facts.whole("flatten_height", node->inputs[0].size(2));
      facts.whole("flatten_size", output.size(1));
    }
    if (node->path == "incept2.branch1x1") {
      const Variable& x = node->inputs[0];
      facts.whole("incept2_inputs", x.value().numel());
      facts.decimal("incept2_padding_percent", 100 * padding_share(x.size(2), 5, 2), 0);
    }
  }
  facts.whole("mainnet_mults", multiply_adds);
  facts.whole("step_loss", step);  // in a training step the loss follows upon the net
}

void parameter_facts(const MainNet& net, FactList& facts) {
  const InceptionModule &first = net.incept1, &second = net.incept2;
  facts.whole("inception_in_first", first.in);
  facts.whole("inception_in_second", second.in);
  facts.whole("branch1x1_channels", first.branch1x1.weight.size(0));
  facts.whole("branch5x5_channels", first.branch5x5_2.weight.size(0));
  facts.whole("branch3x3_channels", first.branch3x3_3.weight.size(0));
  facts.whole("branch_pool_channels", first.branch_pool.weight.size(0));
  facts.whole("inception_channels", net.conv2.weight.size(1));
  facts.whole("mainnet_parameters", net.parameter_count());
  facts.whole("incept1_parameters", first.parameter_count());
  facts.whole("incept2_parameters", second.parameter_count());
  facts.whole("conv2_parameters", net.conv2.parameter_count());
  facts.whole("fc_parameters", net.fc.parameter_count());
  // Two questions of the text: conv2 behind a 1×1 bottleneck, and all that follows it as one linear layer.
  const int64_t channels = net.conv2.weight.size(1), outputs = net.conv2.weight.size(0);
  facts.whole("conv2_bottleneck_parameters", nn::Conv2d({.in = channels, .out = 16, .kernel = 1}).parameter_count() +
                                                 nn::Conv2d({.in = 16, .out = outputs, .kernel = 5}).parameter_count());
  facts.whole("collapsed_parameters",
              nn::Linear({.in = second.in * net.fc.weight.size(1) / channels, .out = 10}).parameter_count());
}

// What the source lesson printed after its ninth epoch, and how far chance moves such a count (binomial).
void source_facts(FactList& facts) {
  const int64_t correct = 9822, total = 10000;
  const double share = static_cast<double>(correct) / static_cast<double>(total);
  facts.whole("source_correct", correct);
  facts.decimal("source_loss", 0.0536, 4);
  facts.decimal("source_correct_sd", std::sqrt(static_cast<double>(correct) * (1 - share)), 0);
}

// How the source lesson trains on MNIST: the trainer's defaults.
void training_facts(FactList& facts) {
  const TrainSettings settings;
  const int64_t images = 60000, batch = settings.loader.batch_size;
  facts.decimal("learning_rate", settings.sgd.lr, 2);
  facts.decimal("momentum", settings.sgd.momentum, 1);
  facts.whole("epochs", settings.epochs);
  facts.whole("batch_size", batch);
  facts.whole("train_images", images);
  facts.whole("test_images", 10000);
  facts.whole("steps_per_epoch", (images + batch - 1) / batch);
  facts.decimal("ln10", std::log(10.0), 4);  // the loss of a net that knows nothing
}

}  // namespace

FactList facts() {
  FactList facts;
  MainNet net;
  bottleneck_facts(facts);
  shape_facts(net, facts);
  parameter_facts(net, facts);
  training_facts(facts);
  source_facts(facts);
  return facts;
}

}  // namespace cnnlab::inception
