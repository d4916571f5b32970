#pragma once
#include <vector>

#include "lib/train/evaluate.hpp"

namespace cnnlab {

/// What a network answered to each image of a test, in the data set's order.
struct AnswerSheet {
  std::vector<float> losses;  ///< −log(probability of the right class)
  std::vector<uint8_t> labels, answers;

  /// `output`: log-probabilities (N, classes).
  void add(const Batch& batch, const Tensor& output) {
    const std::vector<int32_t> best = argmax_rows(output);
    for (size_t i = 0; i < best.size(); ++i) {
      const auto row = output.data().subspan(i * static_cast<size_t>(output.size(1)));
      losses.push_back(-row[static_cast<size_t>(batch.labels[i])]);
      labels.push_back(static_cast<uint8_t>(batch.labels[i]));
      answers.push_back(static_cast<uint8_t>(best[i]));
    }
  }

  /// One after the other: losses (4 bytes each), labels, answers.
  Bytes bytes() const {
    const auto* first = reinterpret_cast<const uint8_t*>(losses.data());
    Bytes all(first, first + losses.size() * sizeof(float));
    all.insert(all.end(), labels.begin(), labels.end());
    all.insert(all.end(), answers.begin(), answers.end());
    return all;
  }
};

}  // namespace cnnlab
