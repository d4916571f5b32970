#pragma once
#include <cstddef>

#include "lib/kernels/geometry.hpp"
#include "lib/kernels/view.hpp"

namespace cnnlab::reference {

/// One step of stochastic gradient descent with momentum (Sutskever et al. 2013, section 2), in the form that
/// torch.optim.SGD gives it: with the gradient d (weight decay added),
///   velocity = momentum · velocity + (1 − dampening) · d      (on the first step: d)
///   parameter −= lr · velocity                                (Nesterov: lr · (d + momentum · velocity))
template <class T>
void sgd_step(const SgdSettings& s, std::span<const SgdParameter<T>> all) {
  const T lr = static_cast<T>(s.lr), momentum = static_cast<T>(s.momentum), decay = static_cast<T>(s.weight_decay);
  const T share = static_cast<T>(1 - s.dampening);
  for (const auto& [first, gradient, velocity, parameter] : all)
    for (size_t i = 0; i < parameter.size(); ++i) {
      T d = gradient[i] + decay * parameter[i];
      if (!velocity.empty()) {
        velocity[i] = first ? d : momentum * velocity[i] + share * d;
        d = s.nesterov ? d + momentum * velocity[i] : velocity[i];
      }
      parameter[i] -= lr * d;
    }
}

}  // namespace cnnlab::reference
