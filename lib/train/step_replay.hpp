#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/data/loader.hpp"
#include "lib/optim/sgd.hpp"
#include "lib/tensor/step_recorder.hpp"
#include "lib/train/listening.hpp"

namespace cnnlab {

/// A training step as a lesson writes it: trains on one batch and returns its loss. Where a device repeats recorded
/// steps, it is not called for every batch: what it does may depend on nothing but its arguments.
using TrainStep = std::function<float(nn::Module&, optim::SGD&, const Batch&)>;

/// Trains on a device that can record a step and repeat it. The first step of a run makes the momentum, the second is
/// the rehearsal, the third is recorded; from there on full batches are repetitions. The data set lies on the device,
/// as bytes, and the order of an epoch is brought there once; only batches that the CPU has to make (with redrawn
/// digits, or of a data set that still grows) are brought one by one.
///
/// Who switches parts of the network off, or gives it other ones, has to call `forget`.
class StepReplay {
 public:
  /// Null where the network's device cannot record.
  static std::unique_ptr<StepReplay> make(nn::Module& model, optim::SGD& optimizer, const TrainStep& step,
                                          const Dataset& data);

  /// An ordinary step, which may be the rehearsal. Brings the batch to the device.
  float train(Listening& network, Batch& batch, const Loader& loader);

  /// Whether the batch from `position` on can be a repetition.
  bool can_repeat(const Loader& loader, int64_t position);
  /// Repeats the step for that batch, after recording it where that is due; draws from `default_random()` what the step
  /// draws. False, with nothing done, when it turns out that it cannot be recorded.
  bool repeat(Loader& loader, int64_t epoch, int64_t position);
  void send_results() { recorder_->send_results(); }
  std::vector<StepResult> receive_results() { return recorder_->receive_results(); }

  /// The next steps are the first again.
  void forget() { stage_ = refused_.empty() ? Stage::first : Stage::never; }
  /// Why no step is repeated; "" as long as nothing is against it.
  const std::string& refused() const { return refused_; }

 private:
  StepReplay(Device& device, std::unique_ptr<StepRecorder> recorder, nn::Module& model, optim::SGD& optimizer,
             TrainStep step, const Dataset& data);

  enum class Stage { first, rehearse, record, repeat, never };

  bool resident(const Loader& loader) const;
  void bring_data();
  void bring_batch(Loader& loader, int64_t epoch, int64_t position);
  Batch fixed_batch(const Batch& batch) const;
  bool record(const Batch& batch, const LoaderOptions& options);
  float work(const Batch& batch, const LoaderOptions& options);
  void watch();
  bool unchanged() const;
  StepRecorder::Gather gathering(const LoaderOptions& options);

  Device& device_;
  std::unique_ptr<StepRecorder> recorder_;
  nn::Module& model_;
  optim::SGD& optimizer_;
  TrainStep step_;
  const Dataset& data_;
  Stage stage_ = Stage::first;
  std::string refused_;

  // On the device: the data set, an epoch's order, and the batch on which recorded steps train.
  std::shared_ptr<void> images_, labels_;
  Tensor mean_, deviation_;
  IndexTensor order_;
  int64_t order_epoch_ = -1;
  Tensor batch_images_;
  IndexTensor batch_labels_;
  bool gathers_ = false;  // the recorded step makes its batch itself

  // What the recorded step works with, and where that was: when it moves, the record is worthless.
  std::vector<Variable> parameters_;
  std::vector<Tensor> gradients_;  // where repetitions leave them
  std::vector<Tensor> watched_;
  std::vector<const float*> places_;
  bool with_momentum_ = false, nesterov_ = false;
};

}  // namespace cnnlab
