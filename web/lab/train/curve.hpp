#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// The course of a training run, put together from the trainer's events.
class Curve {
 public:
  struct Point {
    double step, value;
  };

  /// Takes the events of a piece of training: {"events":[{"event":"step","step","loss"} …, {"event":"epoch",
  /// "test_correct","test_total"} …], "step", …}. Throws Error when it is no such JSON.
  void add(std::string_view json);
  void clear();

  bool empty() const { return loss_.empty() && accuracy_.empty(); }
  const std::vector<Point>& loss() const { return loss_; }
  const std::vector<Point>& accuracy() const { return accuracy_; }  ///< 0 … 1

 private:
  std::vector<Point> loss_, accuracy_;
};

}  // namespace cnnlab
