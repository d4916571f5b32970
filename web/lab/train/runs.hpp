#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace cnnlab {

/// The course of one training run, put together from the trainer's events.
struct RunCurves {
  struct Point {
    double step, value;
  };
  /// A parameter's norms at `RunCurves::norm_steps`.
  struct Norms {
    std::string name;
    std::vector<double> gradient, weight;
  };

  std::string name;                             ///< what sets it apart from the others: "lr 0.1"
  std::vector<Point> loss, accuracy;            ///< of the batches that were trained, each point of a few; 0 … 1
  std::vector<Point> test_loss, test_accuracy;  ///< of the test set, at each epoch's end
  std::vector<double> norm_steps;
  std::vector<Norms> norms;

  bool empty() const { return loss.empty() && test_loss.empty(); }
};

/// The runs that are compared, the one that is trained last.
class Runs {
 public:
  /// [{"name","current":bool,"events":[events of train_advance]}…] in the order in which they were trained. Throws
  /// Error when it is no such JSON; then nothing has changed.
  void set(std::string_view json);
  /// Adds the events of a piece of training, {"events":[…]}, to the current run. Throws Error as `set` does.
  void add(std::string_view json);

  const std::vector<RunCurves>& all() const { return runs_; }
  bool has_current() const { return has_current_; }
  /// Which of four colours is a run's: 0 for the current one, else by age.
  size_t color(size_t run) const { return runs_.size() - 1 - run + (has_current_ ? 0 : 1); }

 private:
  std::vector<RunCurves> runs_;
  bool has_current_ = false;
};

}  // namespace cnnlab
