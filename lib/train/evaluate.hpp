#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "lib/data/loader.hpp"
#include "lib/nn/module.hpp"

namespace cnnlab {

/// How well a network does on images that it does not learn from.
struct Score {
  double loss = 0;  ///< mean over the images of −log(probability of the right class)
  int64_t correct = 0, total = 0;
};

/// The class with the largest value in each row of (N, classes).
std::vector<int32_t> argmax_rows(const Tensor& rows);

/// Tests a network (in its eval mode) batch by batch, so that whoever drives it can show progress and stop. The
/// network's output must be log-probabilities (N, classes).
class Evaluation {
 public:
  /// Neither argument is copied. Each batch begins by setting the network to eval mode, in which it is left.
  Evaluation(nn::Module& model, const Dataset& data);

  /// Called for each batch with the network's output, (N, classes).
  std::function<void(const Batch& batch, const Tensor& output)> on_batch;

  /// Tests the next batch; returns false when all are done.
  bool advance();
  /// Of the images so far.
  Score score() const;
  int64_t total() const { return loader_.total(); }

 private:
  nn::Module& model_;
  Loader loader_;
  int64_t next_ = 0;
  double loss_sum_ = 0;
  Score score_;
};

/// Tests on all images at once.
Score evaluate(nn::Module& model, const Dataset& data);

}  // namespace cnnlab
