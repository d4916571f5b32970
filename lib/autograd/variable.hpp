#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/autograd/call_site.hpp"
#include "lib/tensor/tensor.hpp"

namespace cnnlab {

template <class T>
struct Node;
template <class T>
struct Pending;

/// A value that takes part in differentiation: a tensor, its gradient once `backward` has run, and the op that made it.
/// Copies are handles to the same value, as in PyTorch. Its shape never changes.
template <class T>
class BasicVariable {
 public:
  /// No value; every use but assignment and `defined` is an error.
  BasicVariable() = default;
  /// A value from outside. A plain tensor becomes an input without gradient by itself.
  BasicVariable(BasicTensor<T> value, bool requires_grad = false);  // NOLINT(google-explicit-constructor)
  /// A value that is written out when someone asks for it.
  explicit BasicVariable(std::shared_ptr<const Pending<T>> pending, bool requires_grad = false);

  bool defined() const { return state_ != nullptr; }
  const BasicTensor<T>& value() const { return written().value; }
  BasicTensor<T>& value() { return written().value; }
  const Shape& shape() const;
  int64_t size(int axis) const { return shape()[axis]; }
  Device* device() const { return state().pending ? nullptr : state().value.device(); }
  /// What the value will be, as long as nobody has asked for it; then null.
  const std::shared_ptr<const Pending<T>>& pending() const { return state().pending; }
  /// The only number of a one-element value (a loss).
  T item() const { return value().item(); }

  bool requires_grad() const { return state().requires_grad; }
  bool has_grad() const { return defined() && state().has_grad; }
  /// ∂loss/∂this, of this value's shape. Throws Error before `backward`.
  const BasicTensor<T>& grad() const;
  BasicTensor<T>& grad();
  /// Sets the gradient, or adds to the one there is.
  void accumulate_grad(const BasicTensor<T>& gradient);
  /// The gradient there is, to be added to in place; null if there is none, or others read its numbers.
  BasicTensor<T>* own_grad();
  void clear_grad();

  /// Computes the gradient of this one-element value with respect to everything it was made from, by the chain rule
  /// from the last op to the first. Gradients of parameters are added to (clear them between steps); those of
  /// intermediate values are dropped as soon as they were passed on, unless a Tape records.
  void backward() const;

  /// The op that made this value; null for parameters and inputs.
  const std::shared_ptr<Node<T>>& node() const { return state().node; }
  void set_node(std::shared_ptr<Node<T>> node) { state().node = std::move(node); }
  /// A parameter's name in its module ("weight"); "" otherwise.
  const std::string& name() const { return state().name; }
  void set_name(const std::string& name) { state().name = name; }

  /// The identity of the value, equal for all handles to it.
  const void* id() const { return state_.get(); }
  bool operator==(const BasicVariable& other) const { return state_ == other.state_; }

 private:
  struct State {
    BasicTensor<T> value;
    std::shared_ptr<const Pending<T>> pending;
    BasicTensor<T> grad;
    std::shared_ptr<Node<T>> node;
    std::string name;
    bool requires_grad = false;
    bool has_grad = false;
  };
  State& state() const {
    check(defined(), "variable: it was never given a value");
    return *state_;
  }
  State& written() const {
    State& s = state();
    if (s.pending) [[unlikely]]
      write(s);
    return s;
  }
  static void write(State& s);
  std::shared_ptr<State> state_;
};

using Variable = BasicVariable<float>;

/// Which inputs of an op want a gradient.
using Needs = std::vector<bool>;

/// ∂loss/∂output → ∂loss/∂input for each input (an empty tensor where none is needed, or it was added to the input's
/// own gradient already). It holds copies of what the forward pass saved, never the output Variable: that would be a
/// cycle, which never frees.
template <class T>
using Gradient = std::function<std::vector<BasicTensor<T>>(const BasicTensor<T>& dy, const Needs& needs)>;

/// What a convolution or a pooling looks at for each output: kernel×kernel inputs, the next window `stride` further on,
/// with a border of `padding` around the input.
struct Window {
  int64_t kernel = 0;  ///< 0: the op has no window
  int64_t stride = 1, padding = 0;
};

/// One op that ran, and how to differentiate it. The graph is made of these: a value holds the node that made it, and a
/// node holds its inputs.
template <class T>
struct Node {
  std::string_view op;
  int64_t sequence = 0;  ///< counts up through the program: an op comes after all ops it depends on
  std::vector<BasicVariable<T>> inputs;
  Gradient<T> gradient;  ///< empty once it was used, or when no input wants a gradient

  // The rest is filled only while a Tape records.
  bool recorded = false;
  CallSite site;              ///< the lesson's line
  std::vector<Frame> frames;  ///< the modules that were running, outermost first
  std::string path;           ///< the same as one name: "incept1.branch5x5_2"
  int64_t multiply_adds = 0;  ///< of the forward pass
  Window window;
  double forward_seconds = 0, backward_seconds = 0;
  std::vector<BasicTensor<T>> input_grads;  ///< what this op alone passed to each of its inputs
};

/// While one is alive in this thread, ops remember nothing: for evaluation.
class NoGrad {
 public:
  NoGrad();
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;
  static bool active();

 private:
  bool before_;
};

extern template class BasicVariable<float>;
extern template class BasicVariable<double>;

}  // namespace cnnlab
