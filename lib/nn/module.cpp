#include "lib/nn/module.hpp"

#include <algorithm>

namespace cnnlab::nn {

Variable Module::operator()(Variable x, CallSite site) {
  const Scope scope(state_->name, site);
  return forward(std::move(x));
}

void Module::collect(const State& state, const std::string& prefix, std::vector<NamedVariable>& found) {
  for (const auto& [name, variable] : state.parameters) found.emplace_back(prefix + name, variable);
  for (const auto& [name, child] : state.children) collect(*child, prefix + name + ".", found);
}

std::vector<NamedVariable> Module::named_parameters() const {
  std::vector<NamedVariable> found;
  collect(*state_, "", found);
  return found;
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

void Module::zero_grad() {
  for (Variable& variable : parameters()) variable.clear_grad();
}

void Module::load(const std::vector<std::pair<std::string, Tensor>>& tensors) {
  const std::vector<NamedVariable> own = named_parameters();
  const auto find = [](const auto& list, const std::string& name) {
    return std::ranges::find(list, name, [](const auto& entry) { return entry.first; });
  };
  for (const auto& [name, tensor] : tensors) {
    const auto it = find(own, name);
    check(it != own.end(), "weights: this network has no parameter \"", name, "\"");
    check(it->second.shape() == tensor.shape(), "weights: \"", name, "\" has shape ", tensor.shape(),
          " but this network needs ", it->second.shape());
  }
  for (const auto& [name, variable] : own)
    check(find(tensors, name) != tensors.end(), "weights: parameter \"", name, "\" ", variable.shape(), " is missing");
  for (auto [name, variable] : own) variable.value().copy_from(find(tensors, name)->second);
}

Variable Module::parameter(std::string name, Tensor initial) {
  Variable variable(std::move(initial), true);
  variable.set_name(name);
  state_->parameters.emplace_back(std::move(name), variable);
  return variable;
}

void Module::add_child(std::string name, const Module& child) {
  check(child.state_->name.empty(), "module: \"", child.state_->name, "\" already has a parent");
  child.state_->name = name;
  state_->children.emplace_back(std::move(name), child.state_);
}

}  // namespace cnnlab::nn
