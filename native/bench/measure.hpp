#pragma once
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
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

/// What is measured: a training step, answering in batches, answering one image.
enum class Work { train, infer, one };
inline constexpr std::array every_work{Work::train, Work::infer, Work::one};
/// "train", "infer", "one"
std::string_view name(Work work);

/// A network at work on batch after batch of a data set, loading included; where the network lives. On a graphics card
/// it trains as `cnnlab train` does there: by repeating a recorded step.
class Speed {
 public:
  Speed(const Network& network, const Dataset& data, int64_t batch);
  ~Speed();
  /// Images/s over about so many seconds, and at least one batch.
  double run(Work work, double seconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

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
