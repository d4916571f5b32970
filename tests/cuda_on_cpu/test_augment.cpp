#include <algorithm>

#include <catch2/catch.hpp>

#include "lessons/training.hpp"
#include "lib/nn/layers.hpp"
#include "lib/train/trainer.hpp"
#include "tests/cuda_on_cpu/colours.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

struct Net : nn::Module {
  explicit Net(int64_t channels)
      : conv(add("conv", nn::Conv2d({.in = channels, .out = 2, .kernel = 5, .stride = 4}))),
        fc(add("fc", nn::Linear({.in = 2, .out = 10}))) {}
  nn::Conv2d conv;
  nn::Linear fc;
  Variable forward(Variable x) override { return log_softmax(fc(flatten(global_avg_pool2d(relu(conv(x)))))); }
};

// Trains three epochs on the card, and compares each batch that a repeated step made itself with the loader's.
void check_batches(const Dataset& data, const LoaderOptions& options) {
  const auto net = std::make_shared<Net>(data.channels);
  net->to(&test_card());
  Tensor images;  // where repeated steps have their batch
  IndexTensor labels;
  int full_steps_of_the_cpu = 0, compared = 0;
  const TrainStep step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    if (batch.images.size(0) == options.batch_size) {
      images = batch.images;
      labels = batch.labels.on_device;
      ++full_steps_of_the_cpu;
    }
    return train_step(model, optimizer, batch);
  };
  Trainer trainer(net, step, {.loader = options, .epochs = 3}, data, data);
  Loader loader(data, options);
  while (!trainer.finished()) {
    const TrainProgress before = trainer.progress();
    trainer.advance();
    if (trainer.progress().step == before.step || before.step < 2) continue;  // a test, or an ordinary step
    const Batch expected = loader.batch_from(before.epoch, before.image);
    if (expected.images.size(0) < options.batch_size) continue;
    INFO("epoch " << before.epoch << ", images from " << before.image << " on");
    CHECK(bit_difference(images.to(nullptr), expected.images) == "");
    CHECK(std::ranges::equal(labels.to(nullptr).data(), expected.labels));
    ++compared;
  }
  CHECK(full_steps_of_the_cpu == 3);  // first, rehearsal, record
  CHECK(compared == 3 * (data.size() / options.batch_size) - 2);
}

// Photographs' channels have means of their own.
Dataset normalised(Dataset data) {
  for (int64_t c = 0; c < data.channels; ++c) {
    data.mean.push_back(0.3f + 0.1f * static_cast<float>(c));
    data.deviation.push_back(0.2f + 0.05f * static_cast<float>(c));
  }
  return data;
}

}  // namespace

TEST_CASE("the card makes the augmented batches of the CPU's loader, to the last bit", "[cuda_on_cpu]") {
  LoaderOptions options{.batch_size = 8, .seed = 5};
  SECTION("bent") { options.augment = AugmentOptions{}; }
  SECTION("bent so far that much comes from outside") {
    options.augment = AugmentOptions{.shift = 20, .scale = 0.9, .rotation = 180, .warp = 20, .thickness = 1};
  }
  SECTION("bent, in their order") { options.augment = AugmentOptions{}, options.shuffle = false; }
  SECTION("with strokes as they were") { options.augment = AugmentOptions{.thickness = 0}; }
  SECTION("cropped") { options.crop = CropOptions{}; }
  SECTION("cropped, not mirrored") { options.crop = CropOptions{.padding = 6, .flip = false}; }
  // The last batch of an epoch is short: the CPU makes it, and the card the first of the next.
  check_batches(slice(digits(), 0, 42), options);
  check_batches(normalised(colours(42)), options);
  // All batches of an epoch are the card's.
  check_batches(slice(digits(), 0, 40), options);
}
