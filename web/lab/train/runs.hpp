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

  std::string name;       ///< what sets it apart from the others: "lr 0.1"
  size_t color = 0;       ///< which of the colours of curves (plot.hpp: run_color); runs of one network may share it
  bool current = false;   ///< it may go on
  bool recorded = false;  ///< not trained here
  bool layers = false;    ///< the one whose norms are shown
  std::vector<Point> loss, accuracy;            ///< of the batches that were trained, each point of a few; 0 … 1
  std::vector<Point> test_loss, test_accuracy;  ///< of the test set, at each epoch's end
  std::vector<double> norm_steps;
  std::vector<Norms> norms;

  bool empty() const { return loss.empty() && test_loss.empty(); }
};

/// The runs that are compared: recorded, raced, trained alone; the one that goes on last.
class Runs {
 public:
  /// [{"name","color","current","recorded","layers","events":[events of train_advance]}…], the current one last; what
  /// is not named is 0 or false. Throws Error when it is no such JSON; then nothing has changed.
  void set(std::string_view json);
  /// Adds the events of a piece of training, {"events":[…]}, to the current run, which begins with them where there is
  /// none. Throws Error as `set` does.
  void add(std::string_view json);

  const std::vector<RunCurves>& all() const { return runs_; }
  /// The run whose norms are shown; null where none is.
  const RunCurves* layers() const;

 private:
  bool has_current() const { return !runs_.empty() && runs_.back().current; }
  std::vector<RunCurves> runs_;
};

}  // namespace cnnlab
