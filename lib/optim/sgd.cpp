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
  if (held_) return;
  Tape* tape = Tape::active();
  std::vector<Tape::Update> updates;
  std::vector<SgdParameter<float>> all;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Variable& parameter = parameters_[i];
    if (!parameter.has_grad()) continue;
    Tensor& velocity = velocities_[i];
    if (tape) {  // the update works in place
      updates.push_back({.parameter = parameter,
                         .before = parameter.value().clone(),
                         .gradient = parameter.grad(),
                         .old_velocity = velocity.clone(),
                         .velocity = parameter.grad(),
                         .after = parameter.value(),
                         .settings = settings_,
                         .site = site});
    }
    all.push_back(to_update(parameter, velocity));
    if (tape && settings_.momentum > 0) updates.back().velocity = velocity;
  }
  if (all.empty()) return;
  backend<float>(parameters_[0].value().device()).sgd_step(settings_, all);
  for (Tape::Update& update : updates) {
    update.after = update.after.clone();
    if (settings_.momentum > 0) update.velocity = update.velocity.clone();
    tape->add(std::move(update));
  }
}

SgdParameter<float> SGD::to_update(Variable& parameter, Tensor& velocity) const {
  Device* const device = parameter.value().device();
  check(parameter.grad().device() == device, "SGD: a parameter lives on ", device_name(device),
        ", but its gradient on ", device_name(parameter.grad().device()));
  const bool with_momentum = settings_.momentum > 0, first = velocity.numel() == 0;
  if (with_momentum && first) velocity = Tensor(parameter.shape(), device);
  if (velocity.device() != device) velocity = velocity.to(device);  // of a checkpoint
  return {.first = first,
          .gradient = parameter.grad().raw(),
          .velocity = with_momentum ? velocity.raw() : std::span<float>(),
          .parameter = parameter.value().raw()};
}

void SGD::set_velocities(std::vector<Tensor> velocities) {
  check(velocities.size() == parameters_.size(), "SGD: ", velocities.size(), " momentum buffers for ",
        parameters_.size(), " parameters");
  for (size_t i = 0; i < velocities.size(); ++i) {
    check(velocities[i].numel() == 0 || velocities[i].shape() == parameters_[i].shape(), "SGD: momentum buffer ", i,
          " has shape ", velocities[i].shape(), ", its parameter ", parameters_[i].shape());
  }
  velocities_ = std::move(velocities);
}

}  // namespace cnnlab::optim
