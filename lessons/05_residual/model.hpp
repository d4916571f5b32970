#pragma once
#include "lib/nn/layers.hpp"

namespace cnnlab::residual {

// No bias: BatchNorm, which follows, takes every channel's mean away and has a shift of its own.
inline nn::Conv2d conv3x3(int64_t in, int64_t out, int64_t stride) {
  return nn::Conv2d({.in = in,
                     .out = out,
                     .kernel = 3,
                     .stride = stride,
                     .padding = 1,
                     .bias = false,
                     .init = nn::init::kaiming_normal});
}

// Where a block makes the image smaller and the channels more, x has to follow. Section 3.3 of the paper, option A,
// without weights: every second pixel, and zeros for the channels that are new. x (N, C, H, W) → (N, out, H/stride,
// W/stride).
struct ZeroPad : nn::Module {
  int64_t out, stride;
  ZeroPad(int64_t channels, int64_t step) : out(channels), stride(step) {}
  Variable forward(Variable x) override { return zero_pad_shortcut(x, {.channels = out, .stride = stride}); }
};

// Two layers learn what to add to x, instead of a new x (He et al., "Deep residual learning for image recognition",
// CVPR 2016, figure 2). Whatever they do, the gradient has a way around them: the addition passes it to both sides
// unchanged. x (N, in, H, W) → (N, out, H/stride, W/stride).
struct BasicBlock : nn::Module {
  int64_t in, out, stride;
  bool projection;
  BasicBlock(int64_t in_channels, int64_t out_channels, int64_t first_stride, bool with_projection)
      : in(in_channels), out(out_channels), stride(first_stride), projection(with_projection) {}

  nn::Conv2d conv1 = add("conv1", conv3x3(in, out, stride));
  nn::BatchNorm2d bn1 = add("bn1", nn::BatchNorm2d(out));
  nn::Conv2d conv2 = add("conv2", conv3x3(out, out, 1));
  nn::BatchNorm2d bn2 = add("bn2", nn::BatchNorm2d(out));
  nn::Sequential shortcut = add("shortcut", way_around());

  Variable forward(Variable x) override {
    auto y = relu(bn1(conv1(x)));
    y = bn2(conv2(y));
    return relu(cnnlab::add(y, shortcut(x)));  // the ReLU comes after the addition
  }

 private:
  nn::Sequential way_around() const {
    if (in == out) return {};                                      // x as it is
    if (!projection) return nn::Sequential(ZeroPad(out, stride));  // option A
    return nn::Sequential(conv1x1(), nn::BatchNorm2d(out));        // option B: a 1×1 convolution learns how
  }
  nn::Conv2d conv1x1() const {
    return nn::Conv2d(
        {.in = in, .out = out, .kernel = 1, .stride = stride, .bias = false, .init = nn::init::kaiming_normal});
  }
};

// The paper's net for small images (section 4.2): 6n + 2 layers, that is one convolution, three stages of n blocks with
// two convolutions each, and one linear layer. x (N, in, H, W) → (N, 10), the logarithms of the probabilities.
struct ResNet : nn::Module {
  struct Options {
    int64_t in, depth = 20, width = 16;
    bool projection = false;
  };
  Options options;
  explicit ResNet(Options chosen) : options(chosen) {}
  int64_t width = options.width;

  nn::Conv2d conv1 = add("conv1", conv3x3(options.in, width, 1));
  nn::BatchNorm2d bn1 = add("bn1", nn::BatchNorm2d(width));
  nn::Sequential layer1 = add("layer1", stage(width, width, 1));
  nn::Sequential layer2 = add("layer2", stage(width, 2 * width, 2));
  nn::Sequential layer3 = add("layer3", stage(2 * width, 4 * width, 2));
  nn::Linear fc = add("fc", nn::Linear({.in = 4 * width, .out = 10}));

  Variable forward(Variable x) override {
    x = relu(bn1(conv1(x)));            // (N, width, H, W)
    x = layer1(x);                      // (N, width, H, W)
    x = layer2(x);                      // (N, 2·width, H/2, W/2)
    x = layer3(x);                      // (N, 4·width, H/4, W/4)
    x = flatten(global_avg_pool2d(x));  // (N, 4·width): what each channel found, wherever it was
    return log_softmax(fc(x));
  }

 private:
  nn::Sequential stage(int64_t in, int64_t out, int64_t stride) const {
    nn::Sequential blocks;
    for (int64_t i = 0; i < (options.depth - 2) / 6; ++i) {
      blocks.push_back(i == 0 ? BasicBlock(in, out, stride, options.projection)
                              : BasicBlock(out, out, 1, options.projection));
    }
    return blocks;
  }
};

}  // namespace cnnlab::residual
