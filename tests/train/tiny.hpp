#pragma once
#include <memory>

#include "lessons/training.hpp"
#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "lib/train/trainer.hpp"
#include "tests/support/golden.hpp"

namespace cnnlab::testing {

/// A network small enough to be trained hundreds of times in a test.
struct TinyNet : nn::Module {
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = 1, .out = 3, .kernel = 5, .stride = 4}));
  nn::Linear fc = add("fc", nn::Linear({.in = 108, .out = 10}));
  Variable forward(Variable x) override { return log_softmax(fc(flatten(relu(conv(x))))); }
};

/// The same with layers that behave differently in training.
struct TinyNormNet : nn::Module {
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = 1, .out = 3, .kernel = 5, .stride = 4, .bias = false}));
  nn::BatchNorm2d bn = add("bn", nn::BatchNorm2d(3));
  nn::Dropout drop = add("drop", nn::Dropout(0.2));
  nn::Linear fc = add("fc", nn::Linear({.in = 108, .out = 10}));
  Variable forward(Variable x) override { return log_softmax(fc(flatten(drop(relu(bn(conv(x))))))); }
};

inline std::shared_ptr<TinyNormNet> tiny_norm_net(uint64_t seed = 1) {
  manual_seed(seed);
  return std::make_shared<TinyNormNet>();
}

inline std::shared_ptr<TinyNet> tiny_net(uint64_t seed = 1) {
  manual_seed(seed);
  return std::make_shared<TinyNet>();
}

/// An epoch of this is three batches of training (16, 16 and 8 images) and two of testing (256 and 24).
struct TinyData {
  Dataset train = slice(digits(), 0, 40), test = slice(digits(), 40, 280);
};

inline TrainSettings tiny_settings(int64_t epochs = 2) {
  return {.sgd = {.lr = 0.1, .momentum = 0.5}, .loader = {.batch_size = 16, .seed = 5}, .epochs = epochs};
}

}  // namespace cnnlab::testing
