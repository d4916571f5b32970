#include "web/lab/draw/reader.hpp"

#include <algorithm>
#include <cmath>

#include "lessons/training.hpp"
#include "web/lab/draw/strings.hpp"

namespace cnnlab {

namespace {

Reading reading_of(nn::Module& network, const Tensor& ink) {
  const Tensor output = predict(network, ink.reshape({1, 1, 28, 28}));  // (1, 10), logarithms
  const auto log_probabilities = output.data();
  Reading reading{.digit = static_cast<int>(std::ranges::max_element(log_probabilities) - log_probabilities.begin()),
                  .probabilities = {}};
  for (const float value : log_probabilities) reading.probabilities.push_back(std::exp(value));
  return reading;
}

}  // namespace

void Reader::read(const Drawing& drawing, nn::Module* network, const DigitOptions& options) {
  ++version_;
  stages_.clear();
  reading_.reset();
  const std::optional<Digit> digit = digit_from_strokes(drawing.strokes(), 1, options);
  if (!digit) return;
  stages_ = {{"", strings::stage_drawn, true, digit->raw},
             {"crop", strings::stage_cropped, options.crop, digit->cropped},
             {"scale", strings::stage_scaled, options.scale, digit->scaled},
             {"center", strings::stage_centered, options.center, digit->image}};
  if (!network) return;
  reading_ = reading_of(*network, digit->image);
}

std::vector<Reading> Reader::with_stage_switched(const Drawing& drawing, nn::Module& network,
                                                 const DigitOptions& options) {
  std::vector<Reading> readings;
  for (bool DigitOptions::*stage : {&DigitOptions::crop, &DigitOptions::scale, &DigitOptions::center}) {
    DigitOptions switched = options;
    switched.*stage = !(options.*stage);
    if (const auto digit = digit_from_strokes(drawing.strokes(), 1, switched))
      readings.push_back(reading_of(network, digit->image));
  }
  return readings;
}

Tensor image_tensor(const uint8_t* pixels) {
  Tensor image({1, 1, 28, 28});
  std::transform(pixels, pixels + 28 * 28, image.data().begin(),
                 [](uint8_t grey) { return static_cast<float>(grey) / 255; });
  return image;
}

}  // namespace cnnlab
