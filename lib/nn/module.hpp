#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/autograd/variable.hpp"

namespace cnnlab::nn {

/// A parameter under its full name: {"incept1.branch5x5_2.weight", …}.
using NamedVariable = std::pair<std::string, Variable>;
/// A parameter's or a buffer's numbers under its full name.
using NamedTensor = std::pair<std::string, Tensor>;

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
  /// Runs `forward`, and lets the tape know that this module is running and which line called it. Of a module that is
  /// switched off, zeros of `forward`'s shape come out; the tape records them as an op "off".
  Variable operator()(Variable x, CallSite site = CallSite::here());

  /// Switches a part off or on again, to see what the network is without it: a branch, a layer, a residual block's
  /// shortcut. What is off gives zeros and gets no gradient. `path` is that of a child, as on the tape:
  /// "incept1.branch5x5_2". Throws Error when there is none.
  void switch_off(const std::string& path, bool off = true);
  static constexpr std::string_view off_op = "off";

  /// All parameters, own first, then each child's, in the order of declaration: the order and the names of PyTorch's.
  std::vector<NamedVariable> named_parameters() const;
  std::vector<Variable> parameters() const;
  /// How many numbers the parameters hold.
  int64_t parameter_count() const;
  /// Drops all gradients.
  void zero_grad();

  /// All that makes the network what it is, under PyTorch's names and in PyTorch's order: parameters, and buffers,
  /// which no gradient changes (BatchNorm's running statistics). The tensors share their numbers with the network.
  std::vector<NamedTensor> state_dict() const;
  /// The names of those buffers that count, which PyTorch keeps as whole numbers (int64).
  std::vector<std::string> counters() const;
  /// Moves all parameters and buffers to a device (null: the CPU); gradients are dropped. What is computed from them
  /// then has to be there as well.
  void to(Device* device);
  /// Where its parameters are; the CPU (null) when it has none.
  Device* device() const;
  /// Copies a state_dict in by name. Throws Error when a name is missing or not known, or a shape differs; then nothing
  /// was changed.
  void load(const std::vector<NamedTensor>& tensors);

  /// Whether layers behave as in training (BatchNorm uses the batch's statistics, Dropout drops), as all do at first;
  /// or as when the network is used. Both reach all children.
  void train(bool training = true);
  void eval() { train(false); }
  bool training() const { return state_->training; }

 protected:
  Module() : state_(std::make_shared<State>()) {}

  /// Registers a child under the name of the member that it initialises.
  template <class Child>
  Child add(const std::string& name, Child child) {
    add_child(name, child);
    return child;
  }
  Variable parameter(std::string name, Tensor initial);
  Tensor buffer(std::string name, Tensor initial);
  /// A buffer () that counts from 0; as a float it is exact up to 2²⁴.
  Tensor counter(std::string name);

 private:
  struct State {
    std::string name;  // in the parent; "" for a whole net
    std::vector<std::pair<std::string, std::shared_ptr<State>>> children;
    std::vector<NamedVariable> parameters;
    std::vector<NamedTensor> buffers;
    std::vector<std::string> counters;  // those buffers that count
    bool training = true;
    bool off = false;
  };
  void add_child(std::string name, const Module& child);
  /// Calls visit(state, prefix) for a module and all below it.
  template <class Visit>
  static void walk(State& state, const std::string& prefix, const Visit& visit);

  std::shared_ptr<State> state_;
};

}  // namespace cnnlab::nn
