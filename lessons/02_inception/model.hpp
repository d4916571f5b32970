#pragma once
#include "lib/nn/layers.hpp"

namespace cnnlab::inception {

// Nobody knows which filter size suits best, so an Inception module uses several side by side and joins their results
// (Szegedy et al., "Going deeper with convolutions", CVPR 2015, figure 2b). Every branch keeps height and width, so
// that the results fit together: x (N, in, H, W) → (N, 88, H, W).
struct InceptionModule : nn::Module {
  int64_t in;
  explicit InceptionModule(int64_t in_channels) : in(in_channels) {}

  nn::Conv2d branch1x1 = add("branch1x1", nn::Conv2d({.in = in, .out = 16, .kernel = 1}));

  nn::Conv2d branch5x5_1 = add("branch5x5_1", nn::Conv2d({.in = in, .out = 16, .kernel = 1}));
  nn::Conv2d branch5x5_2 = add("branch5x5_2", nn::Conv2d({.in = 16, .out = 24, .kernel = 5, .padding = 2}));

  nn::Conv2d branch3x3_1 = add("branch3x3_1", nn::Conv2d({.in = in, .out = 16, .kernel = 1}));
  nn::Conv2d branch3x3_2 = add("branch3x3_2", nn::Conv2d({.in = 16, .out = 24, .kernel = 3, .padding = 1}));
  nn::Conv2d branch3x3_3 = add("branch3x3_3", nn::Conv2d({.in = 24, .out = 24, .kernel = 3, .padding = 1}));

  nn::Conv2d branch_pool = add("branch_pool", nn::Conv2d({.in = in, .out = 24, .kernel = 1}));

  Variable forward(Variable x) override {
    auto one = branch1x1(x);

    auto five = branch5x5_1(x);
    five = branch5x5_2(five);

    auto three = branch3x3_1(x);
    three = branch3x3_2(three);
    three = branch3x3_3(three);

    auto pool = avg_pool2d(x, {.kernel = 3, .stride = 1, .padding = 1});
    pool = branch_pool(pool);

    return cat({one, five, three, pool}, 1);  // 16 + 24 + 24 + 24 = 88 channels
  }
};

// Two convolutions, each followed by a module; then one linear layer chooses among ten digits.
// x (N, 1, 28, 28) → (N, 10), the logarithms of the probabilities.
struct MainNet : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 1, .out = 10, .kernel = 5}));
  nn::Conv2d conv2 = add("conv2", nn::Conv2d({.in = 88, .out = 20, .kernel = 5}));

  InceptionModule incept1 = add("incept1", InceptionModule(10));
  InceptionModule incept2 = add("incept2", InceptionModule(20));

  nn::Linear fc = add("fc", nn::Linear({.in = 1408, .out = 10}));

  Variable forward(Variable x) override {
    x = relu(max_pool2d(conv1(x), {.kernel = 2}));  // (N, 10, 12, 12)
    x = incept1(x);                                 // (N, 88, 12, 12)
    x = relu(max_pool2d(conv2(x), {.kernel = 2}));  // (N, 20, 4, 4)
    x = incept2(x);                                 // (N, 88, 4, 4)
    x = flatten(x);                                 // (N, 1408), and 1408 = 88·4·4
    x = fc(x);
    return log_softmax(x);
  }
};

}  // namespace cnnlab::inception
