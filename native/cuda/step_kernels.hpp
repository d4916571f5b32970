#pragma once
#include "lib/tensor/step_recorder.hpp"
#include "native/cuda/block_kernels.hpp"

// The kernels that stand before and behind a recorded step: so it finds its own images, and keeps its own result.
namespace cnnlab::cuda {

/// What changes from one repetition of a recorded step to the next; it lies on the card.
struct StepState {
  static constexpr int most_keys = 64, most_cards = 16;
  int64_t position;  ///< of the next batch, in the order of the images
  int64_t step;      ///< repetitions so far
  Sgd::Rates rates;
  uint64_t keys[most_keys];  ///< of dropout's masks
  StepResult results[StepRecorder::most_waiting];
};

/// Number `at` of the batch (N, C, H, W), as the loader makes it: pixels / 255, normalised.
struct GatherBatch {
  const uint8_t *images, *labels;
  const int32_t* order;
  const StepState* state;
  int64_t pixels, plane;          ///< C·H·W, H·W
  const float *mean, *deviation;  ///< (C), or null
  float* batch;
  int32_t* batch_labels;
  void each_array(const auto& see) const { see(images, labels, order, state, mean, deviation, batch, batch_labels); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t image = order[state->position + at / pixels], pixel = at % pixels;
    float value = static_cast<float>(images[image * pixels + pixel]) / 255.0f;
    if (mean) value = (value - mean[pixel / plane]) / deviation[pixel / plane];
    batch[at] = value;
    if (pixel == 0) batch_labels[at / pixels] = labels[image];
  }
};

/// The last work of a step, by one block: counts the right answers (the first of the largest is the answer, as
/// argmax_rows has it), keeps them with the loss, and moves on.
struct TallyStep {
  static constexpr int phases = 4;
  using Shared = BlockSum;  // exact: whole numbers below 2²⁴
  int64_t rows, classes, cards;
  const float *output, *losses;  ///< (rows, classes), (cards): each card's mean over its share of the batch
  const int32_t* labels;
  StepState* state;
  void each_array(const auto& see) const { see(output, losses, labels, state); }
  CNNLAB_KERNEL void operator()(int phase, Shared& shared, int64_t /*block*/, int thread) const {
    if (phase == 0) {
      shared.part[thread] = 0;
      for (int64_t row = thread; row < rows; row += block_threads) {
        const float* const answers = output + row * classes;
        int best = 0;
        for (int c = 1; c < classes; ++c) best = answers[best] < answers[c] ? c : best;
        if (best == labels[row]) shared.part[thread] += 1;
      }
    } else if (phase < 3) {
      shared.add_up(phase - 1, thread);
    } else if (thread == 0) {
      double loss = 0;  // as DataParallel has it
      for (int64_t card = 0; card < cards; ++card) loss += losses[card];
      state->results[state->step % StepRecorder::most_waiting] = {static_cast<float>(loss / static_cast<double>(cards)),
                                                                  static_cast<int32_t>(shared.part[0])};
      state->position += rows;
      state->step += 1;
    }
  }
};

}  // namespace cnnlab::cuda
