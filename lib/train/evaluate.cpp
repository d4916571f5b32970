#include "lib/train/evaluate.hpp"

#include <algorithm>

#include "lib/ops/ops.hpp"

namespace cnnlab {
namespace {

// Large enough for the kernels to be at their best, small enough that stopping never waits long.
constexpr int64_t test_batch = 256;

}  // namespace

std::vector<int32_t> argmax_rows(const Tensor& rows) {
  check(rows.shape().rank() == 2 && rows.size(1) > 0, "argmax: needs rows of classes (N, classes), got ", rows.shape());
  std::vector<int32_t> best;
  for (int64_t n = 0; n < rows.size(0); ++n) {
    const auto row = rows.data().subspan(n * rows.size(1), rows.size(1));
    best.push_back(static_cast<int32_t>(std::ranges::max_element(row) - row.begin()));
  }
  return best;
}

Evaluation::Evaluation(nn::Module& model, const Dataset& data)
    : model_(model), loader_(data, {.batch_size = test_batch, .shuffle = false}) {}

bool Evaluation::advance() {
  if (next_ == loader_.batches()) return false;
  const NoGrad no_grad;
  model_.eval();
  const Batch batch = loader_.batch(0, next_++);
  const Variable output = model_(batch.images.to(model_.device()));
  const auto count = static_cast<int64_t>(batch.labels.size());
  loss_sum_ += static_cast<double>(nll_loss(output, batch.labels).item()) * static_cast<double>(count);
  const Tensor probabilities = output.value().to(nullptr);
  const std::vector<int32_t> answers = argmax_rows(probabilities);
  for (int64_t i = 0; i < count; ++i) score_.correct += answers[i] == batch.labels[i];
  score_.total += count;
  if (on_batch) on_batch(batch, probabilities);
  return next_ < loader_.batches();
}

Score Evaluation::score() const {
  Score score = score_;
  score.loss = score.total ? loss_sum_ / static_cast<double>(score.total) : 0;
  return score;
}

Score evaluate(nn::Module& model, const Dataset& data) {
  Evaluation evaluation(model, data);
  while (evaluation.advance()) {
  }
  return evaluation.score();
}

}  // namespace cnnlab
