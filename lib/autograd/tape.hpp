#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "lib/autograd/variable.hpp"
#include "lib/kernels/geometry.hpp"

namespace cnnlab {

/// The record of a run: every op in the order it ran, with its output, and after `backward` with the gradients. While
/// it is alive it records what this thread computes. The same record serves stepping through a lesson forwards and
/// backwards, the network diagram, feature maps, cost tables and `cnnlab summary`: none of it is computed a second way.
///
/// Without a tape ops keep only what their gradient needs, and training runs at full speed.
template <class T>
class BasicTape {
 public:
  BasicTape();
  ~BasicTape();
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;

  struct Record {
    std::shared_ptr<Node<T>> node;
    BasicVariable<T> output;
  };
  const std::vector<Record>& records() const { return records_; }

  /// How an optimizer's step changed one parameter: after = before − lr · velocity (but see SgdSettings::nesterov). All
  /// tensors have the parameter's shape.
  struct Update {
    BasicVariable<T> parameter;
    BasicTensor<T> before, gradient;
    BasicTensor<T> old_velocity;  ///< no numbers on the first step, and without momentum
    BasicTensor<T> velocity;      ///< without momentum the gradient itself
    BasicTensor<T> after;
    SgdSettings settings;
    CallSite site;
  };
  /// The optimizer's steps, in the order of its parameters.
  const std::vector<Update>& updates() const { return updates_; }

  /// Where an op began.
  struct Place {
    std::string_view op;
    CallSite site;
    std::vector<Frame> frames;
    std::string path;  ///< these four are as in Node
  };
  /// The op that has begun and not ended: after an exception, the op that threw it.
  const std::optional<Place>& unfinished() const { return unfinished_; }

  /// The record that made a value, by its place in `records`; −1 for parameters and inputs.
  int producer(const BasicVariable<T>& value) const;

  /// The tape that records in this thread now, or null. Tapes nest: the innermost records.
  static BasicTape* active();
  /// Called by ops.
  void begin(Place place) { unfinished_ = std::move(place); }
  void add(std::shared_ptr<Node<T>> node, BasicVariable<T> output) {
    unfinished_.reset();
    records_.push_back({std::move(node), std::move(output)});
  }
  /// Called by optimizers.
  void add(Update update) { updates_.push_back(std::move(update)); }

 private:
  BasicTape* outer_;
  std::vector<Record> records_;
  std::vector<Update> updates_;
  std::optional<Place> unfinished_;
};

using Tape = BasicTape<float>;

/// What every op does besides its own computation. An op is a function that begins with `Op op{"relu", site};`,
/// computes, and ends with `return op.output(y, {x}, gradient);`.
template <class T>
class Op {
 public:
  Op(std::string_view name, CallSite site);

  /// Where all arguments of the op live; null is the CPU. Throws Error, naming the op and both devices, when that is
  /// not one place. Values that are not defined (no bias) live nowhere.
  template <class First, class... Others>
  Device* device(const First& first, const Others&... others) const {
    Device* const here = first.device();
    (check_device(here, others), ...);
    return here;
  }

  /// Wraps the result (a tensor, or one that is pending). The gradient is kept only when an input wants one; then the
  /// value remembers how it was made.
  template <class Result>
  BasicVariable<T> output(Result y, std::vector<BasicVariable<T>> inputs, Gradient<T> gradient,
                          int64_t multiply_adds = 0, Window window = {});

 private:
  void check_device(Device* here, const BasicVariable<T>& other) const {
    if (other.defined()) check_same(here, other.device());
  }
  void check_device(Device* here, const BasicTensor<T>& other) const { check_same(here, other.device()); }
  void check_same(Device* here, Device* there) const {
    check(there == here, name_, ": its inputs live on different devices, ", device_name(here), " and ",
          device_name(there), "; bring them to one");
  }

  std::string_view name_;
  CallSite site_;
  std::chrono::steady_clock::time_point start_;
};

extern template class BasicTape<float>;
extern template class BasicTape<double>;
extern template class Op<float>;
extern template class Op<double>;

}  // namespace cnnlab
