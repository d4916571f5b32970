#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/data/loader.hpp"
#include "lib/nn/module.hpp"
#include "lib/optim/sgd.hpp"
#include "lib/train/evaluate.hpp"
#include "lib/train/schedule.hpp"
#include "lib/train/step_replay.hpp"

namespace cnnlab {

struct TrainSettings {
  SgdSettings sgd{.lr = 0.01, .momentum = 0.5};
  Schedule schedule = Schedule::constant;
  LoaderOptions loader;  ///< batch size, seed, shuffling, augmentation
  int64_t epochs = 9;
  int64_t max_steps = 0;    ///< stop after so many steps in all; 0: after `epochs`
  int64_t log_every = 50;   ///< steps between step events
  int64_t norms_every = 0;  ///< steps between norms events; 0: none, and nothing is spent on them
};

/// How the network answered for images just before it learned from them.
struct Answers {
  int64_t correct = 0, total = 0;
};

/// Said every `log_every` steps, and at an epoch's last.
struct StepEvent {
  int64_t epoch;  ///< from 1
  int64_t step;   ///< batches trained in this run so far, from 1
  int64_t steps_per_epoch;
  double loss;               ///< mean over the steps since the last event
  double images_per_second;  ///< trained since the last event
  Answers train;             ///< since the last event
};

/// Said when an epoch's images are trained and the test set was read.
struct EpochEvent {
  int64_t epoch;      ///< from 1
  double train_loss;  ///< mean over the epoch's batches
  double train_seconds;
  Answers train;
  Score test;
};

/// Said after the run's first step, and every `norms_every` steps from there on: how strongly each parameter was
/// pulled, and how large it is. Gradients that vanish, or explode, on their way to the first layers are seen here.
struct NormsEvent {
  struct Norms {
    std::string name;  ///< of the parameter: "incept1.branch1x1.weight"
    double gradient;   ///< √Σg² of the step's gradient; 0 where none arrived
    double weight;     ///< √Σw² after the step
  };
  int64_t epoch;             ///< from 1
  int64_t step;              ///< batches trained in this run so far, from 1
  std::vector<Norms> norms;  ///< in the order of `named_parameters`
};

/// Where a run stands, and all that is needed to go on as if it had never stopped.
struct TrainProgress {
  int64_t epoch = 0;      ///< epochs finished
  int64_t batch = 0;      ///< batches trained in the epoch that runs
  int64_t image = 0;      ///< images in these batches
  int64_t step = 0;       ///< batches trained in all
  double epoch_loss = 0;  ///< sum of the losses of this epoch's batches
  double epoch_seconds = 0;
  Answers epoch_answers{};
  bool tested = false;      ///< the run was cut short within an epoch, and the test set was read there
  double event_loss = 0;    ///< sum of the losses since the last step event …
  int64_t event_steps = 0;  ///< … of so many steps
  int64_t event_images = 0;
  double event_seconds = 0;
  Answers event_answers{};
};

/// Trains one network. It knows nothing of screens, files or clocks of others: whoever drives it calls `advance` in a
/// loop and may stop between any two calls. Used alike by the terminal, the page's worker and the tests.
///
/// On a device that repeats recorded steps (`StepReplay`) losses come later: with the next step event, after at most
/// `StepRecorder::most_waiting` steps, or when `settle` is called. Until then `progress` counts the steps, but not yet
/// what they gave.
class Trainer {
 public:
  /// The data sets are not copied and must outlive the trainer; the training set may still be growing (`Loader`).
  Trainer(std::shared_ptr<nn::Module> model, TrainStep step, TrainSettings settings, const Dataset& train,
          const Dataset& test);

  std::function<void(const StepEvent&)> on_step;
  std::function<void(const EpochEvent&)> on_epoch;
  std::function<void(const NormsEvent&)> on_norms;
  /// Called for each batch of the test set, which comes in its order, with the network's output (N, classes).
  std::function<void(const Batch&, const Tensor& output)> on_test;

  /// Does the next piece of work, one batch of training or testing. Returns false when the run is finished. Throws
  /// Error when the loss is not finite; the network then holds the last weights that are kept and gave a finite loss,
  /// momentum is back at zero, and a lower learning rate may go on from there.
  bool advance();
  /// Waits for the losses of all steps so far, and throws as `advance`.
  void settle();
  /// Whether the images that `advance` needs next are loaded.
  bool ready() const;
  bool finished() const;
  /// Whether the next call of `advance` reads the test set.
  bool testing() const { return evaluation_.has_value(); }

  /// The loss of the last batch trained whose loss is known; NaN before the first.
  double last_loss() const { return last_loss_; }
  /// Of the epoch that runs: in it, batches may have changed their size.
  int64_t steps_per_epoch() const;
  int64_t train_images() const { return loader_.total(); }
  int64_t test_images() const { return test_.size(); }
  /// Steps of the whole run, if nothing is changed any more.
  int64_t total_steps() const;
  const std::optional<EpochEvent>& last_epoch() const { return last_epoch_; }

  nn::Module& model() { return *model_; }
  /// Why the network's device does not repeat recorded steps, though it could; "" where nothing is to be said.
  std::string why_not_repeated() const { return replay() ? replay()->refused() : ""; }
  const TrainSettings& settings() const { return settings_; }
  /// New learning rate, momentum, …, from the next batch on.
  void set_sgd(SgdSettings settings);
  /// Batches of another size from the next one on; no image of the epoch is left out or seen twice. Throws Error for a
  /// size below 1.
  void set_batch_size(int64_t size);
  /// Another number of epochs; with fewer than are trained the run tests what it has and ends. Throws Error below 1.
  void set_epochs(int64_t epochs);

  const TrainProgress& progress() const { return progress_; }
  const std::vector<Tensor>& velocities() const { return optimizer_.velocities(); }
  /// Goes on from where another trainer with the same settings stood; the network's weights are set by the caller.
  void resume(TrainProgress progress, std::vector<Tensor> velocities);

 private:
  // Repeated steps, up to a step event, whose losses lie on the device.
  struct Waiting {
    TrainProgress begin;         // where the run stood before them
    std::vector<Tensor> before;  // the network's state then
    int64_t steps = 0;
    double seconds = 0;
    bool says_step = false;  // an event stands behind them
  };

  StepReplay* replay() const { return may_record ? replay_.get() : nullptr; }
  void train_batch();
  void prepare_step();
  void ordinary_step();
  bool repeat_step();
  void send(bool says_step);
  void receive();
  void move_on(int64_t images);
  void count(double loss, int64_t images);
  void count_answers(int64_t correct, int64_t images);
  bool event_is_due() const;
  void begin_test();
  void finish_epoch();
  void check_loss(double loss, int64_t step);
  [[noreturn]] void give_up(const std::string& what);
  void say_step(int64_t step);
  void say_norms_when_due();
  bool test_is_due() const;

  std::shared_ptr<nn::Module> model_;
  TrainStep step_;
  TrainSettings settings_;
  const Dataset& test_;
  Loader loader_;
  optim::SGD optimizer_;
  TrainProgress progress_;
  std::optional<Evaluation> evaluation_;
  std::optional<EpochEvent> last_epoch_;
  double last_loss_;
  // The network's state before this step, and before the last one whose loss was finite: known to give a finite loss.
  std::vector<Tensor> before_, good_;
  std::shared_ptr<StepReplay> replay_;  // null where no step is repeated
  std::vector<Waiting> waiting_;        // the last takes more, or was just sent; one before it at most
  bool open_ = false;                   // whether it takes more
};

}  // namespace cnnlab
