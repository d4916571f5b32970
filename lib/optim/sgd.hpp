#pragma once
#include <utility>
#include <vector>

#include "lib/autograd/variable.hpp"
#include "lib/kernels/geometry.hpp"

namespace cnnlab::optim {

/// Stochastic gradient descent with momentum, in PyTorch's formula (torch.optim.SGD), which scales the whole velocity
/// by the learning rate (Sutskever et al., ICML 2013, scale the gradient alone):
///   g ← g + weight_decay·p;  v ← momentum·v + (1 − dampening)·g  (v ← g on the first step);
///   p ← p − lr·v  (nesterov: p ← p − lr·(g + momentum·v)).
class SGD {
 public:
  /// Throws Error for a negative lr, momentum or weight decay, or nesterov without momentum or with dampening.
  SGD(std::vector<Variable> parameters, SgdSettings settings);

  void zero_grad();
  /// Updates every parameter that has a gradient. A tape that records gets the values before and after.
  void step(CallSite site = CallSite::here());

  /// While held, `step` does nothing: for who has more to do with the gradients first (DataParallel).
  void hold(bool held) { held_ = held; }

  const SgdSettings& settings() const { return settings_; }
  /// May change at any time (schedules, the page's sliders); checked as in the constructor.
  void set(SgdSettings settings);

  /// Momentum buffers in the order of the parameters, for checkpoints: empty tensors where there is none yet.
  const std::vector<Tensor>& velocities() const { return velocities_; }
  void set_velocities(std::vector<Tensor> velocities);

 private:
  SgdParameter<float> to_update(Variable& parameter, Tensor& velocity) const;

  std::vector<Variable> parameters_;
  std::vector<Tensor> velocities_;
  SgdSettings settings_;
  bool held_ = false;
};

}  // namespace cnnlab::optim
