#pragma once
#include <optional>

#include "lib/nn/layers.hpp"

namespace cnnlab::degradation {

// One layer of a plain net. With BatchNorm the convolution needs no bias and starts as He et al. propose; without it,
// it is PyTorch's default layer, and what reaches the first layers shows what many of them do to a gradient. x (N, in,
// H, W) → (N, out, H/stride, W/stride).
struct PlainLayer : nn::Module {
  int64_t in, out, stride;
  bool batch_norm;
  PlainLayer(int64_t in_channels, int64_t out_channels, int64_t its_stride, bool with_batch_norm)
      : in(in_channels), out(out_channels), stride(its_stride), batch_norm(with_batch_norm) {
    if (batch_norm) bn = add("bn", nn::BatchNorm2d(out));
  }

  nn::Conv2d conv =
      add("conv", nn::Conv2d({.in = in,
                              .out = out,
                              .kernel = 3,
                              .stride = stride,
                              .padding = 1,
                              .bias = !batch_norm,
                              .init = batch_norm ? nn::init::kaiming_normal : nn::init::kaiming_uniform}));
  std::optional<nn::BatchNorm2d> bn;

  Variable forward(Variable x) override {
    x = conv(x);
    if (bn) x = (*bn)(x);
    return relu(x);
  }
};

// The plain net of He et al. (CVPR 2016, section 4.2): 6n + 2 layers in a row, that is one convolution, three stages of
// 2n convolutions, and one linear layer. With n = 3 it has the weights of ResNet-20, without its shortcuts.
// x (N, in, H, W) → (N, 10), the logarithms of the probabilities.
struct PlainNet : nn::Module {
  struct Options {
    int64_t in, depth = 20, width = 16;
    bool batch_norm = true;
  };
  Options options;
  explicit PlainNet(Options chosen) : options(chosen) {}
  int64_t width = options.width;

  PlainLayer first = add("first", PlainLayer(options.in, width, 1, options.batch_norm));
  nn::Sequential layer1 = add("layer1", stage(width, width, 1));
  nn::Sequential layer2 = add("layer2", stage(width, 2 * width, 2));
  nn::Sequential layer3 = add("layer3", stage(2 * width, 4 * width, 2));
  nn::Linear fc = add("fc", nn::Linear({.in = 4 * width, .out = 10}));

  Variable forward(Variable x) override {
    x = first(x);                       // (N, width, H, W)
    x = layer1(x);                      // (N, width, H, W)
    x = layer2(x);                      // (N, 2·width, H/2, W/2)
    x = layer3(x);                      // (N, 4·width, H/4, W/4)
    x = flatten(global_avg_pool2d(x));  // (N, 4·width)
    return log_softmax(fc(x));
  }

 private:
  nn::Sequential stage(int64_t in, int64_t out, int64_t stride) const {
    nn::Sequential layers;
    for (int64_t i = 0; i < (options.depth - 2) / 3; ++i) {
      layers.push_back(i == 0 ? PlainLayer(in, out, stride, options.batch_norm)
                              : PlainLayer(out, out, 1, options.batch_norm));
    }
    return layers;
  }
};

}  // namespace cnnlab::degradation
