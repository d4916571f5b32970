#pragma once
#include "lib/data/distortion.hpp"
#include "lib/tensor/step_recorder.hpp"
#include "native/cuda/block_kernels.hpp"

// The kernels that stand before and behind a recorded step: so it finds its own images, and keeps its own result.
namespace cnnlab::cuda {

/// What changes from one repetition of a recorded step to the next; it lies on the card.
struct StepState {
  static constexpr int most_keys = 64, most_cards = 16;
  struct Place {
    int64_t epoch, position;  ///< in the order of the epoch's images
    bool operator==(const Place&) const = default;
  };
  Place place;   ///< of the next batch
  int64_t step;  ///< repetitions so far
  Sgd::Rates rates;
  uint64_t keys[most_keys];  ///< of dropout's masks
  StepResult results[StepRecorder::most_waiting];
};

/// What a batch is made of, and where it goes.
struct BatchMaking {
  const uint8_t *images, *labels;
  const int32_t* order;
  const StepState* state;
  int64_t channels, height, width;
  const float *mean, *deviation;  ///< (C), or null
  float* batch;                   ///< (N, C, H, W)
  int32_t* batch_labels;
  void each_array(const auto& see) const { see(images, labels, order, state, mean, deviation, batch, batch_labels); }

  /// Which image is number n of the batch.
  CNNLAB_KERNEL int64_t image(int64_t n) const { return order[state->place.position + n]; }
  CNNLAB_KERNEL Plane plane(int64_t image, int64_t channel) const {
    return {images + (image * channels + channel) * height * width, height, width};
  }
  /// Pixel number `pixel`, a part of 1, of image n's channel: normalised.
  CNNLAB_KERNEL void write(int64_t n, int64_t channel, int64_t pixel, float value) const {
    if (mean) value = (value - mean[channel]) / deviation[channel];
    batch[(n * channels + channel) * height * width + pixel] = value;
  }
};

/// Number `at` of the batch, as the loader makes it.
struct GatherBatch {
  BatchMaking making;
  void each_array(const auto& see) const { making.each_array(see); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t pixels = making.height * making.width, pixel = at % pixels;
    const int64_t channel = at / pixels % making.channels, n = at / pixels / making.channels;
    const int64_t image = making.image(n);
    making.write(n, channel, pixel, static_cast<float>(making.plane(image, channel).bytes[pixel]) / 255.0f);
    if (channel == 0 && pixel == 0) making.batch_labels[n] = making.labels[image];
  }
};

/// Image number `block` of the batch, as the loader augments it. Draws its random numbers anew: `Drawn` is a Distortion
/// or a Crop.
template <class Drawn>
struct AugmentBatch {
  static constexpr int phases = 2;
  static constexpr int row_threads = 8;  // so few compute what holds for a whole row
  using Shared = Drawn;
  BatchMaking making;
  typename Drawn::Options options;
  uint64_t seed;
  void each_array(const auto& see) const { making.each_array(see); }
  CNNLAB_KERNEL void operator()(int phase, Shared& drawn, int64_t block, int thread) const {
    const int64_t image = making.image(block);
    if (phase == 1) {
      for (int64_t y = thread / row_threads; y < making.height; y += block_threads / row_threads)
        write_row(drawn.row(y), block, image, y, thread % row_threads);
    } else if (thread == 0) {
      const Random random = random_of_image(seed, making.state->place.epoch, image);
      drawn = Drawn::draw(options, random, making.height, making.width);
      making.batch_labels[block] = making.labels[image];
    }
  }

 private:
  CNNLAB_KERNEL void write_row(const typename Drawn::Row& row, int64_t n, int64_t image, int64_t y, int first) const {
    for (int64_t c = 0; c < making.channels; ++c) {
      const Plane plane = making.plane(image, c);
      for (int64_t x = first; x < making.width; x += row_threads)
        making.write(n, c, y * making.width + x, row.pixel(plane, x));
    }
  }
};
using DistortBatch = AugmentBatch<Distortion>;
using CropBatch = AugmentBatch<Crop>;

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
      state->place.position += rows;
      state->step += 1;
    }
  }
};

}  // namespace cnnlab::cuda
