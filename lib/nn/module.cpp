#include "lib/nn/module.hpp"

#include <algorithm>

#include "lib/autograd/tape.hpp"

namespace cnnlab::nn {
namespace {

// Zeros in place of y, whatever y is; so nothing of the loss depends on y.
Variable zeros_like(const Variable& y, CallSite site) {
  Op<float> op{Module::off_op, site};
  auto gradient = [shape = y.shape()](const Tensor& dy, const Needs&) {
    return std::vector{Tensor::zeros(shape, dy.device())};
  };
  return op.output(Tensor::zeros(y.shape(), op.device(y)), {y}, gradient);
}

}  // namespace

Variable Module::operator()(Variable x, CallSite site) {
  const Scope scope(state_->name, site);
  Variable y = forward(std::move(x));
  return state_->off ? zeros_like(y, site) : y;
}

void Module::switch_off(const std::string& path, bool off) {
  State* state = state_.get();
  for (size_t from = 0, dot = 0; dot != std::string::npos; from = dot + 1) {
    dot = path.find('.', from);
    const std::string name = path.substr(from, dot - from);
    const auto child = std::ranges::find_if(state->children, [&](const auto& entry) { return entry.first == name; });
    check(child != state->children.end(), "switch off: this network has no part \"", path, "\"");
    state = child->second.get();
  }
  state->off = off;
}

template <class Visit>
void Module::walk(State& state, const std::string& prefix, const Visit& visit) {
  visit(state, prefix);
  for (const auto& [name, child] : state.children) walk(*child, prefix + name + ".", visit);
}

std::vector<NamedVariable> Module::named_parameters() const {
  std::vector<NamedVariable> found;
  walk(*state_, "", [&](const State& state, const std::string& prefix) {
    for (const auto& [name, variable] : state.parameters) found.emplace_back(prefix + name, variable);
  });
  return found;
}

std::vector<NamedTensor> Module::state_dict() const {
  std::vector<NamedTensor> found;
  walk(*state_, "", [&](const State& state, const std::string& prefix) {
    for (const auto& [name, variable] : state.parameters) found.emplace_back(prefix + name, variable.value());
    for (const auto& [name, tensor] : state.buffers) found.emplace_back(prefix + name, tensor);
  });
  return found;
}

std::vector<std::string> Module::counters() const {
  std::vector<std::string> found;
  walk(*state_, "", [&](const State& state, const std::string& prefix) {
    for (const std::string& name : state.counters) found.push_back(prefix + name);
  });
  return found;
}

void Module::train(bool training) {
  walk(*state_, "", [&](State& state, const std::string&) { state.training = training; });
}

std::vector<Variable> Module::parameters() const {
  std::vector<Variable> variables;
  for (auto& [name, variable] : named_parameters()) variables.push_back(variable);
  return variables;
}

int64_t Module::parameter_count() const {
  int64_t count = 0;
  for (const Variable& variable : parameters()) count += variable.value().numel();
  return count;
}

void Module::to(Device* device) {
  zero_grad();
  for (auto& [name, tensor] : state_dict()) Tensor(tensor).move_to(device);
}

Device* Module::device() const {
  const std::vector<NamedTensor> tensors = state_dict();
  return tensors.empty() ? nullptr : tensors[0].second.device();
}

void Module::zero_grad() {
  for (Variable& variable : parameters()) variable.clear_grad();
}

void Module::load(const std::vector<NamedTensor>& tensors) {
  const std::vector<NamedTensor> own = state_dict();
  const auto find = [](const auto& list, const std::string& name) {
    return std::ranges::find(list, name, [](const auto& entry) { return entry.first; });
  };
  for (const auto& [name, tensor] : tensors) {
    const auto it = find(own, name);
    check(it != own.end(), "weights: this network has no \"", name, "\"");
    check(it->second.shape() == tensor.shape(), "weights: \"", name, "\" has shape ", tensor.shape(),
          " but this network needs ", it->second.shape());
  }
  for (const auto& [name, tensor] : own)
    check(find(tensors, name) != tensors.end(), "weights: \"", name, "\" ", tensor.shape(), " is missing");
  for (auto [name, tensor] : own) tensor.copy_from(find(tensors, name)->second);
}

Variable Module::parameter(std::string name, Tensor initial) {
  Variable variable(std::move(initial), true);
  variable.set_name(name);
  state_->parameters.emplace_back(std::move(name), variable);
  return variable;
}

Tensor Module::buffer(std::string name, Tensor initial) {
  state_->buffers.emplace_back(std::move(name), initial);
  return initial;
}

Tensor Module::counter(std::string name) {
  state_->counters.push_back(name);
  return buffer(std::move(name), Tensor::scalar(0));
}

void Module::add_child(std::string name, const Module& child) {
  check(child.state_->name.empty(), "module: \"", child.state_->name, "\" already has a parent");
  child.state_->name = name;
  state_->children.emplace_back(std::move(name), child.state_);
}

}  // namespace cnnlab::nn
