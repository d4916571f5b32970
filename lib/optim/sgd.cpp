#include "lib/optim/sgd.hpp"

#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"

namespace cnnlab::optim {

SGD::SGD(std::vector<Variable> parameters, SgdSettings settings)
    : parameters_(std::move(parameters)), velocities_(parameters_.size()) {
  set(settings);
}

void SGD::set(SgdSettings settings) {
  check(settings.lr >= 0, "SGD: the learning rate must be at least 0, got ", settings.lr);
  check(settings.momentum >= 0, "SGD: momentum must be at least 0, got ", settings.momentum);
  check(settings.weight_decay >= 0, "SGD: weight decay must be at least 0, got ", settings.weight_decay);
  check(!settings.nesterov || (settings.momentum > 0 && settings.dampening == 0),
        "SGD: nesterov needs momentum above 0 and dampening 0, got ", settings.momentum, " and ", settings.dampening);
  settings_ = settings;
}

void SGD::zero_grad() {
  for (Variable& parameter : parameters_) parameter.clear_grad();
}

void SGD::step(CallSite site) {
  Tape* tape = Tape::active();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Variable& parameter = parameters_[i];
    if (!parameter.has_grad()) continue;
    Tensor& velocity = velocities_[i];
    if (!tape) {
      step(parameter, velocity);
      continue;
    }
    // The update works in place.
    const Tensor before = parameter.value().clone(), old_velocity = velocity.clone();
    step(parameter, velocity);
    tape->add({.parameter = parameter,
               .before = before,
               .gradient = parameter.grad(),
               .old_velocity = old_velocity,
               .velocity = settings_.momentum > 0 ? velocity.clone() : parameter.grad(),
               .after = parameter.value().clone(),
               .settings = settings_,
               .site = site});
  }
}

void SGD::step(Variable& parameter, Tensor& velocity) {
  const bool first = velocity.numel() == 0;
  if (settings_.momentum > 0 && first) velocity = Tensor(parameter.shape());
  backend<float>().sgd_step(settings_, first, parameter.grad().data(),
                            settings_.momentum > 0 ? velocity.data() : std::span<float>(), parameter.value().data());
}

void SGD::set_velocities(std::vector<Tensor> velocities) {
  check(velocities.size() == parameters_.size(), "SGD: ", velocities.size(), " momentum buffers for ",
        parameters_.size(), " parameters");
  for (size_t i = 0; i < velocities.size(); ++i)
    check(velocities[i].numel() == 0 || velocities[i].shape() == parameters_[i].shape(), "SGD: momentum buffer ", i,
          " has shape ", velocities[i].shape(), ", its parameter ", parameters_[i].shape());
  velocities_ = std::move(velocities);
}

}  // namespace cnnlab::optim
