#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/train/trainer.hpp"

namespace cnnlab {

/// Trains several networks side by side: the same settings, the same images in the same order, and initial weights
/// drawn from the same seed. Each runner gets exactly the bits that it would get alone, so a race compares nothing but
/// the networks. Like a Trainer it knows nothing of screens and files: whoever drives it calls `advance` in a loop.
class Race {
 public:
  /// Makes a runner's network; it draws the initial weights from `default_random()`, which the race has seeded.
  using Build = std::function<std::shared_ptr<nn::Module>()>;

  /// The data sets are not copied and must outlive the race. The seed, of weights and order, is that of
  /// `settings.loader`. Throws Error for settings that a Trainer refuses, and for a race without runners.
  Race(const std::vector<Build>& runners, const TrainStep& step, const TrainSettings& settings, const Dataset& train,
       const Dataset& test);
  Race(const Race&) = delete;  // its trainers' events lead back to it
  Race& operator=(const Race&) = delete;

  // Each says which runner, by its index from 0, and what that runner's Trainer says.
  std::function<void(size_t, const StepEvent&)> on_step;
  std::function<void(size_t, const EpochEvent&)> on_epoch;
  std::function<void(size_t, const NormsEvent&)> on_norms;
  /// Said when a runner's loss is no longer finite: it drops out, and the others go on.
  std::function<void(size_t, const std::string& why)> on_drop_out;

  /// Does the next piece of work, one batch of training or testing, of the runner that is furthest behind; among equals
  /// the first. Returns false when the race is over.
  bool advance();
  /// Whose turn it is: the runner that `advance` works on next. There is none when the race is over.
  std::optional<size_t> next() const;
  /// Whether the images that `advance` needs next are loaded.
  bool ready() const;
  /// Whether every runner has finished or dropped out.
  bool finished() const { return !next(); }

  size_t size() const { return runners_.size(); }
  Trainer& runner(size_t index) { return *runners_[index].trainer; }
  const Trainer& runner(size_t index) const { return *runners_[index].trainer; }
  /// Why a runner dropped out; "" for one that did not.
  const std::string& dropped_out(size_t index) const { return runners_[index].why_out; }

 private:
  struct Runner {
    std::unique_ptr<Trainer> trainer;
    int64_t pieces = 0;     // of work done
    std::string why_out{};  // "": in the race
  };
  std::vector<Runner> runners_;
};

}  // namespace cnnlab
