#pragma once
#include <cmath>
#include <string_view>

#include "lessons/02_inception/model.hpp"
#include "lib/tensor/random.hpp"
#include "web/lab/step/trace.hpp"

namespace cnnlab::testing {

/// An image on which a net does not answer the same everywhere.
inline Tensor waves() {
  Tensor image({1, 1, 28, 28});
  for (int64_t i = 0; i < image.numel(); ++i)
    image.data()[i] = 0.5f + 0.5f * std::sin(0.37f * static_cast<float>(i) + 0.01f * static_cast<float>(i % 28));
  return image;
}

/// A training step of MainNet, recorded.
struct MainNetRun {
  std::shared_ptr<inception::MainNet> net;
  Trace trace;

  explicit MainNetRun(const SgdSettings& settings = {.lr = 0.01, .momentum = 0.5}) {
    manual_seed(3);
    net = std::make_shared<inception::MainNet>();
    trace.run(net, waves(), 7, settings);
  }
  /// The first step of a phase with this name.
  int find(Trace::Phase phase, std::string_view name) const {
    for (int i = 0; i < trace.length(); ++i)
      if (trace.steps()[i].phase == phase && trace.steps()[i].name == name) return i;
    return -1;
  }
  void go(Trace::Phase phase, std::string_view name) { trace.go(find(phase, name)); }
};

}  // namespace cnnlab::testing
