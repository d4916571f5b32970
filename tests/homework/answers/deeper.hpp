#pragma once
#include "lessons/02_inception/model.hpp"

// A right answer to lessons/homework/deeper.hpp, in whose place it can be put.
namespace cnnlab::homework::deeper {

using inception::InceptionModule;

struct DeeperNet : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 1, .out = 10, .kernel = 5}));
  InceptionModule incept1 = add("incept1", InceptionModule(10));
  nn::Conv2d conv2 = add("conv2", nn::Conv2d({.in = 88, .out = 20, .kernel = 5}));
  InceptionModule incept2 = add("incept2", InceptionModule(20));
  nn::Conv2d conv3 = add("conv3", nn::Conv2d({.in = 88, .out = 20, .kernel = 5, .padding = 2}));
  InceptionModule incept3 = add("incept3", InceptionModule(20));
  nn::Conv2d conv4 = add("conv4", nn::Conv2d({.in = 88, .out = 20, .kernel = 5, .padding = 2}));
  InceptionModule incept4 = add("incept4", InceptionModule(20));
  nn::Linear fc = add("fc", nn::Linear({.in = 1408, .out = 10}));

  Variable forward(Variable x) override {
    x = incept1(relu(max_pool2d(conv1(x), {.kernel = 2})));
    x = incept2(relu(max_pool2d(conv2(x), {.kernel = 2})));
    x = incept3(relu(conv3(x)));
    x = incept4(relu(conv4(x)));
    return log_softmax(fc(flatten(x)));
  }
};

}  // namespace cnnlab::homework::deeper
