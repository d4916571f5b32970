#pragma once
#include "lib/nn/layers.hpp"

namespace cnnlab::one_by_one {

// The same network twice: with a 5×5 convolution that reads all 32 channels, …
// x (N, 1, 28, 28) → (N, 10), the logarithms of the probabilities.
struct DirectNet : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 1, .out = 32, .kernel = 5}));
  nn::Conv2d conv2 = add("conv2", nn::Conv2d({.in = 32, .out = 32, .kernel = 5, .padding = 2}));
  nn::Linear fc = add("fc", nn::Linear({.in = 1152, .out = 10}));

  Variable forward(Variable x) override {
    x = relu(max_pool2d(conv1(x), {.kernel = 2}));  // (N, 32, 12, 12)
    x = relu(max_pool2d(conv2(x), {.kernel = 2}));  // (N, 32, 6, 6)
    x = flatten(x);                                 // (N, 1152)
    return log_softmax(fc(x));
  }
};

// … and with a 1×1 convolution before it: a bottleneck of `width` channels (Lin et al. 2014, section 3.1; Szegedy et
// al. 2015, section 4). The ReLU behind it makes it a step of its own: without one, the two convolutions could be
// multiplied out into one.
struct BottleneckNet : nn::Module {
  int64_t width;
  explicit BottleneckNet(int64_t channels) : width(channels) {}

  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 1, .out = 32, .kernel = 5}));
  nn::Conv2d reduce = add("reduce", nn::Conv2d({.in = 32, .out = width, .kernel = 1}));
  nn::Conv2d conv2 = add("conv2", nn::Conv2d({.in = width, .out = 32, .kernel = 5, .padding = 2}));
  nn::Linear fc = add("fc", nn::Linear({.in = 1152, .out = 10}));

  Variable forward(Variable x) override {
    x = relu(max_pool2d(conv1(x), {.kernel = 2}));  // (N, 32, 12, 12)
    x = relu(reduce(x));                            // (N, width, 12, 12)
    x = relu(max_pool2d(conv2(x), {.kernel = 2}));  // (N, 32, 6, 6)
    x = flatten(x);                                 // (N, 1152)
    return log_softmax(fc(x));
  }
};

}  // namespace cnnlab::one_by_one
