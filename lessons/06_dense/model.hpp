#pragma once
#include <optional>

#include "lib/nn/layers.hpp"

namespace cnnlab::dense {

// The order of a dense net: normalise, ReLU, then convolve (Huang et al., "Densely connected convolutional networks",
// CVPR 2017, section 3). So each layer gives the joined channels a scale of its own.
struct NormReluConv : nn::Module {
  int64_t in, out, kernel;
  NormReluConv(int64_t in_channels, int64_t out_channels, int64_t size)
      : in(in_channels), out(out_channels), kernel(size) {}

  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(in));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in,
                                            .out = out,
                                            .kernel = kernel,
                                            .padding = kernel / 2,
                                            .bias = false,
                                            .init = nn::init::kaiming_normal}));

  Variable forward(Variable x) override { return conv(relu(norm(x))); }
};

// Reads all that came before it and joins `growth_rate` channels of its own to it: x (N, in, H, W) → (N, in +
// growth_rate, H, W). With a bottleneck, a 1×1 convolution first makes 4·growth_rate channels of however many there
// are.
struct DenseLayer : nn::Module {
  int64_t in, growth_rate;
  std::optional<NormReluConv> bottleneck;
  DenseLayer(int64_t in_channels, int64_t growth, bool with_bottleneck) : in(in_channels), growth_rate(growth) {
    if (with_bottleneck) bottleneck = add("bottleneck", NormReluConv(in, 4 * growth_rate, 1));
    layer = add("layer", NormReluConv(with_bottleneck ? 4 * growth_rate : in, growth_rate, 3));
  }
  std::optional<NormReluConv> layer;

  Variable forward(Variable x) override {
    const auto y = bottleneck ? (*bottleneck)(x) : x;
    return cat({x, (*layer)(y)}, 1);
  }
};

// Between two blocks: fewer channels (compression), and half the height and width.
struct Transition : nn::Module {
  int64_t in, out;
  Transition(int64_t in_channels, int64_t out_channels) : in(in_channels), out(out_channels) {}

  NormReluConv mix = add("mix", NormReluConv(in, out, 1));

  Variable forward(Variable x) override { return avg_pool2d(mix(x), {.kernel = 2}); }
};

// Three dense blocks. DenseNet-40 has 12 layers in each; DenseNet-BC-100 ("B" for bottleneck, "C" for compression) has
// 16 of two convolutions. x (N, in, H, W) → (N, 10), the logarithms of the probabilities.
struct DenseNet : nn::Module {
  struct Options {
    int64_t in, depth = 40, growth_rate = 12;
    bool bottleneck = false;
    int64_t compression = 100;  // percent of the channels that a transition keeps
  };
  Options options;
  explicit DenseNet(Options chosen) : options(chosen) {}
  int64_t layers = (options.depth - 4) / (options.bottleneck ? 6 : 3);  // in each block
  int64_t grown = layers * options.growth_rate;                         // channels that a block adds
  int64_t width1 = options.bottleneck ? 2 * options.growth_rate : 16;
  int64_t width2 = (width1 + grown) * options.compression / 100;
  int64_t width3 = (width2 + grown) * options.compression / 100;

  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = options.in,
                                              .out = width1,
                                              .kernel = 3,
                                              .padding = 1,
                                              .bias = false,
                                              .init = nn::init::kaiming_normal}));
  nn::Sequential block1 = add("block1", dense_block(width1));
  Transition trans1 = add("trans1", Transition(width1 + grown, width2));
  nn::Sequential block2 = add("block2", dense_block(width2));
  Transition trans2 = add("trans2", Transition(width2 + grown, width3));
  nn::Sequential block3 = add("block3", dense_block(width3));
  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(width3 + grown));
  nn::Linear fc = add("fc", nn::Linear({.in = width3 + grown, .out = 10}));

  Variable forward(Variable x) override {
    x = conv1(x);                       // (N, width1, H, W)
    x = trans1(block1(x));              // (N, width2, H/2, W/2)
    x = trans2(block2(x));              // (N, width3, H/4, W/4)
    x = relu(norm(block3(x)));          // (N, width3 + grown, H/4, W/4)
    x = flatten(global_avg_pool2d(x));  // (N, width3 + grown)
    return log_softmax(fc(x));
  }

 private:
  nn::Sequential dense_block(int64_t in) const {
    nn::Sequential block;
    for (int64_t i = 0; i < layers; ++i)
      block.push_back(DenseLayer(in + i * options.growth_rate, options.growth_rate, options.bottleneck));
    return block;
  }
};

}  // namespace cnnlab::dense
