#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/autograd/tape.hpp"
#include "lib/nn/module.hpp"

namespace cnnlab {

/// A training step on one image as it was recorded by the tape: every op forward, then every gradient backward. Which
/// step is shown is a number; going back in time is going to a smaller one.
class Trace {
 public:
  /// A tensor to look at in a step: the op's output, or on the way back the gradients that it passed to its inputs.
  struct Shown {
    std::string name;
    Tensor tensor;
  };
  struct Step {
    size_t record;  ///< which op
    bool backward;
    std::vector<Shown> shown;
  };

  /// Records the lesson's own `train_step` on one image (1, C, H, W), with a learning rate of 0: the weights stay as
  /// they are. Throws Error when the label is no class.
  void run(const std::shared_ptr<nn::Module>& model, const Tensor& image, int label);
  void clear();

  int length() const { return static_cast<int>(steps_.size()); }
  int index() const { return index_; }
  /// Goes to a step, clamped to those there are.
  void go(int index);
  /// The step that is shown; null when nothing was recorded.
  const Step* current() const { return steps_.empty() ? nullptr : &steps_[static_cast<size_t>(index_)]; }
  const Node<float>& node(const Step& step) const { return *records_[step.record].node; }
  /// "incept1.branch5x5_2", "incept1.cat", "relu": the module and, where it does more than one op, the op.
  std::string name(size_t record) const;
  /// All about the current step as JSON, as web/wasm/api.hpp lists it; "null" when nothing was recorded.
  std::string state() const;
  /// Counts up with every change of what is shown.
  int version() const { return version_; }

 private:
  std::string input_name(const Variable& input) const;

  std::vector<Tape::Record> records_;
  std::vector<Step> steps_;
  std::map<const void*, std::string> parameters_;  // names by identity
  std::map<const void*, size_t> producers_;        // records by the identity of their output
  int index_ = 0, version_ = 0, label_ = 0;
};

}  // namespace cnnlab
