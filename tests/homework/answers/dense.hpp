#pragma once
#include <vector>

#include "lib/nn/layers.hpp"

// A right answer to lessons/homework/dense.hpp, in whose place it can be put.
namespace cnnlab::homework::dense {

struct DenseLayer : nn::Module {
  int64_t in, growth_rate;
  DenseLayer(int64_t in_channels, int64_t growth) : in(in_channels), growth_rate(growth) {}

  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(in));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = growth_rate, .kernel = 3, .padding = 1, .bias = false}));

  Variable forward(Variable x) override { return conv(relu(norm(x))); }
};

struct DenseBlock : nn::Module {
  std::vector<DenseLayer> layers;
  DenseBlock(int64_t count, int64_t in, int64_t growth_rate) {
    for (int64_t i = 1; i <= count; ++i)
      layers.push_back(add("layer" + std::to_string(i), DenseLayer(in + (i - 1) * growth_rate, growth_rate)));
  }

  Variable forward(Variable x) override {
    for (auto& layer : layers) {
      const auto made = layer(x);
      x = cat({x, made}, 1);
    }
    return x;
  }
};

struct Transition : nn::Module {
  int64_t in, out;
  Transition(int64_t in_channels, int64_t out_channels) : in(in_channels), out(out_channels) {}

  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(in));
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = in, .out = out, .kernel = 1, .bias = false}));

  Variable forward(Variable x) override { return avg_pool2d(conv(relu(norm(x))), {.kernel = 2}); }
};

struct DenseNet : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 3, .out = 16, .kernel = 3, .padding = 1, .bias = false}));
  DenseBlock block1 = add("block1", DenseBlock(12, 16, 12));
  Transition trans1 = add("trans1", Transition(160, 160));
  DenseBlock block2 = add("block2", DenseBlock(12, 160, 12));
  Transition trans2 = add("trans2", Transition(304, 304));
  DenseBlock block3 = add("block3", DenseBlock(12, 304, 12));
  nn::BatchNorm2d norm = add("norm", nn::BatchNorm2d(448));
  nn::Linear fc = add("fc", nn::Linear({.in = 448, .out = 10}));

  Variable forward(Variable x) override {
    x = trans1(block1(conv1(x)));
    x = trans2(block2(x));
    x = relu(norm(block3(x)));
    return log_softmax(fc(flatten(global_avg_pool2d(x))));
  }
};

}  // namespace cnnlab::homework::dense
