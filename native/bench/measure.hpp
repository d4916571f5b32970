#pragma once
#include <chrono>
#include <functional>
#include <vector>

#include "lib/data/dataset.hpp"
#include "native/cli/options.hpp"

namespace cnnlab::bench {

template <class Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Several measurements of one thing. Machines do other things beside; so the median is told, and how far they lie
/// apart.
struct Spread {
  double median = 0, least = 0, most = 0;
};
Spread spread(std::vector<double> values);

/// Trains on batch after batch of a data set, loading included, and says how fast.
class TrainingSpeed {
 public:
  TrainingSpeed(const Network& network, const Dataset& data, int64_t batch);
  ~TrainingSpeed();
  /// Images/s over about so many seconds.
  double run(double seconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Images/s of answering in batches of so many, over about so many seconds.
double inference_speed(const Network& network, const Dataset& data, int64_t batch, double seconds);

/// What one op of the network costs in a training step, in seconds and multiply-adds.
struct OpCost {
  std::string path, op;
  int64_t forward_work = 0, backward_work = 0;
  double forward = 0, backward = 0;  ///< median of several steps
};
std::vector<OpCost> op_costs(const Network& network, const Dataset& data, int64_t batch, int steps);

/// The most memory that this process has held so far, in bytes.
int64_t peak_memory();

}  // namespace cnnlab::bench
