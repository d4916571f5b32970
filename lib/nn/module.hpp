#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/autograd/variable.hpp"

namespace cnnlab::nn {

/// A parameter or a buffer under its full name: {"incept1.branch5x5_2.weight", …}.
using NamedVariable = std::pair<std::string, Variable>;

/// A part of a network: it owns parameters and other modules, and computes with them. Children and parameters are
/// registered where they are declared, so that a name stands beside its member:
///
///   struct Block : nn::Module {
///     nn::Conv2d conv = add("conv", nn::Conv2d({.in = 8, .out = 8, .kernel = 3, .padding = 1}));
///     Variable forward(Variable x) override { return relu(conv(x)); }
///   };
///
/// A module is a handle: a copy shares parameters with the original. (So `add` can register one and return one.)
class Module {
 public:
  virtual ~Module() = default;

  virtual Variable forward(Variable x) = 0;
  /// Runs `forward`, and lets the tape know that this module is running and which line called it.
  Variable operator()(Variable x, CallSite site = CallSite::here());

  /// All parameters, own first, then each child's, in the order of declaration: the order and the names of PyTorch's
  /// `state_dict`.
  std::vector<NamedVariable> named_parameters() const;
  std::vector<Variable> parameters() const;
  /// How many numbers the parameters hold.
  int64_t parameter_count() const;
  /// Drops all gradients.
  void zero_grad();

  /// Copies values in by name. Throws Error when a name is missing or not known, or a shape differs; then nothing was
  /// changed.
  void load(const std::vector<std::pair<std::string, Tensor>>& tensors);

 protected:
  Module() : state_(std::make_shared<State>()) {}

  /// Registers a child under the name of the member that it initialises.
  template <class Child>
  Child add(std::string name, Child child) {
    add_child(std::move(name), child);
    return child;
  }
  Variable parameter(std::string name, Tensor initial);

 private:
  struct State {
    std::string name;  // in the parent; "" for a whole net
    std::vector<std::pair<std::string, std::shared_ptr<State>>> children;
    std::vector<NamedVariable> parameters;
  };
  void add_child(std::string name, const Module& child);
  static void collect(const State& state, const std::string& prefix, std::vector<NamedVariable>& found);

  std::shared_ptr<State> state_;
};

}  // namespace cnnlab::nn
