#pragma once
#include "lessons/02_inception/model.hpp"

namespace cnnlab::deeper {

using inception::InceptionModule;

// MainNet with as many stages of convolution and Inception module as you like; with two it is MainNet itself, weight
// for weight. x (N, 1, 28, 28) → (N, 10), the logarithms of the probabilities.
struct DeeperNet : nn::Module {
  int64_t modules;
  explicit DeeperNet(int64_t stages) : modules(stages) {}

  std::vector<nn::Conv2d> conv = each("conv", [](int64_t i) {
    // After two stages the maps are 4×4, and a 5×5 filter no longer fits: from there on, padding keeps their size.
    return nn::Conv2d({.in = i == 1 ? 1 : 88, .out = i == 1 ? 10 : 20, .kernel = 5, .padding = i <= 2 ? 0 : 2});
  });
  std::vector<InceptionModule> incept = each("incept", [](int64_t i) { return InceptionModule(i == 1 ? 10 : 20); });
  nn::Linear fc = add("fc", nn::Linear({.in = 1408, .out = 10}));

  Variable forward(Variable x) override {
    for (size_t i = 0; i < conv.size(); ++i) {
      x = conv[i](x);
      if (i < 2) x = max_pool2d(x, {.kernel = 2});
      x = relu(x);       // (N, 10, 12, 12), then (N, 20, 4, 4) again and again
      x = incept[i](x);  // (N, 88, 12, 12), then (N, 88, 4, 4)
    }
    x = flatten(x);  // (N, 1408)
    return log_softmax(fc(x));
  }

 private:
  // "conv1", "conv2", …: one for each stage.
  template <class Make, class Layer = std::invoke_result_t<Make, int64_t>>
  std::vector<Layer> each(const std::string& name, const Make& make) {
    std::vector<Layer> made;
    for (int64_t i = 1; i <= modules; ++i) made.push_back(add(name + std::to_string(i), make(i)));
    return made;
  }
};

}  // namespace cnnlab::deeper
