#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/autograd/tape.hpp"
#include "lib/nn/module.hpp"

namespace cnnlab {

/// A training step on one image as it was recorded by the tape, in the order in which a learner walks through it: every
/// op forward, every gradient backward, then every parameter's update. Which step is shown is a number; going back in
/// time is going to a smaller one.
class Trace {
 public:
  enum class Phase { forward, backward, update };
  struct Named {
    std::string name;
    Tensor tensor;
  };
  struct Step {
    Phase phase;
    size_t record;     ///< which op; in the update which of the updates
    std::string name;  ///< "incept1.branch5x5_2", "incept1.cat", "relu", "conv1.weight"
    CallSite site;
    /// The modules that were running, outermost first, but not a layer of a single op: what one goes into and out of.
    std::vector<Frame> calls;
    std::vector<Named> in;  ///< the op's inputs; backward the gradient of its output; in the update old value, gradient
    std::vector<Named> shown;  ///< its output; backward the gradients that it passed on; in the update the new value
  };
  /// A number of a tensor that is shown, which somebody points at.
  struct Pick {
    size_t tensor;  ///< which of `shown`
    int64_t element;
    bool operator==(const Pick&) const = default;
  };

  /// Records the lesson's own `train_step` on one image (1, C, H, W); the weights become what they were before. Throws
  /// Error when the label is no class, or for impossible settings.
  void run(const std::shared_ptr<nn::Module>& model, const Tensor& image, int label, const SgdSettings& settings);
  void clear();

  int length() const { return static_cast<int>(steps_.size()); }
  int index() const { return index_; }
  /// Goes to a step, clamped to those there are.
  void go(int index);
  const std::vector<Step>& steps() const { return steps_; }
  /// The step that is shown; null when nothing was recorded.
  const Step* current() const { return steps_.empty() ? nullptr : &steps_[static_cast<size_t>(index_)]; }

  const std::vector<Tape::Record>& records() const { return records_; }
  const std::vector<Tape::Update>& updates() const { return updates_; }
  int label() const { return label_; }
  /// The op of a step of the forward or the backward pass.
  const Node<float>& node(const Step& step) const { return *records_[step.record].node; }
  /// An input's number as it was while the run was recorded: a parameter's value before its update.
  const Tensor& value(const Variable& input) const;
  bool is_parameter(const Variable& input) const { return parameters_.contains(input.id()); }
  std::optional<size_t> producer(const Variable& input) const;
  /// "incept1.branch1x1.weight", the name of the op that made it, or "image".
  std::string name(const Variable& input) const;

  /// What the current step is asked to point at; it ends when another step is shown. Out of range: nothing.
  void pick(std::optional<Pick> pick);
  const std::optional<Pick>& picked() const { return pick_; }
  /// What the pointer is over for the moment.
  void hover(std::optional<Pick> pick) { hover_ = pick; }
  const std::optional<Pick>& hovered() const { return hover_; }
  /// What to explain: that, else what is picked, else the number that is largest. Nothing while nothing is recorded.
  std::optional<Pick> pointed() const { return hover_ ? hover_ : pick_ ? pick_ : largest(); }
  std::optional<Pick> largest() const;

  /// All about the current step as JSON, as web/wasm/api.hpp lists it; "null" when nothing was recorded.
  std::string state() const;
  /// Counts up with every change of what is shown.
  int version() const { return version_; }

 private:
  void add_forward();
  void add_backward();
  void add_updates();

  std::vector<Tape::Record> records_;
  std::vector<Tape::Update> updates_;
  std::vector<Step> steps_;
  struct Parameter {
    std::string name;
    Tensor value;
  };
  std::map<const void*, Parameter> parameters_;  // by identity
  std::map<const void*, size_t> producers_;      // records by the identity of their output
  std::optional<Pick> pick_, hover_;
  int index_ = 0, version_ = 0, label_ = 0;
};

std::string_view phase_name(Trace::Phase phase);

}  // namespace cnnlab
