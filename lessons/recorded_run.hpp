#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/lesson.hpp"

namespace cnnlab {

/// A race that was recorded by `cnnlab race --log FILE`, and comes with a lesson as runs/NAME.jsonl: the page shows it
/// (web/build/runs.mjs), and the prose takes its numbers from it.
struct RecordedRun {
  struct Step {
    int64_t step;  ///< from 1 on
    double loss;   ///< the mean since the step before
  };
  struct Epoch {
    double train_loss, test_loss;
    int64_t test_correct;
  };
  /// One parameter and its gradient, Euclidean norms: the weight's after the step.
  struct Norm {
    std::string name;
    double gradient, weight;
  };
  struct Net {
    std::string name;  ///< "plain20:batch_norm=0", as lessons/contestant.hpp has it
    int64_t parameters, multiply_adds;
    int64_t memory;              ///< bytes of tensors at most, while it was trained
    double images_per_second{};  ///< trained; 0 until the race is over
    std::vector<Step> steps{};
    std::vector<Epoch> epochs{};
    std::map<int64_t, std::vector<Norm>> norms{};  ///< by step

    /// The step in the log, which must be there.
    double loss_at(int64_t step) const;
    /// The first step in the log whose loss was smaller; 0 for never.
    int64_t first_below(double loss) const;
    /// That of a parameter at a step in the log, which must be there.
    const Norm& norm(int64_t step, std::string_view parameter) const;
    /// Those of the convolutions' weights at the first step, from the image to the answer.
    std::vector<Norm> first_convolutions() const;
  };

  std::string command, data;
  int64_t train_images, test_images, batch, seed;
  std::vector<Net> nets;

  /// The net of this name; Error where it took no part.
  const Net& net(std::string_view name) const;
  int64_t steps_per_epoch() const { return (train_images + batch - 1) / batch; }
};

/// Reads such a log. Throws Error, naming `where` and the line, for what is not one.
RecordedRun parse_run(std::string_view log, const std::string& where);

/// The logs as they were when this program was compiled.
std::span<const SourceFile> recorded_logs();
/// One of them by its name, "cifar10".
const RecordedRun& recorded_run(std::string_view name);

}  // namespace cnnlab
