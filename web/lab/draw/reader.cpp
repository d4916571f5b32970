#include "web/lab/draw/reader.hpp"

#include <algorithm>
#include <cmath>

#include "lessons/training.hpp"
#include "web/lab/draw/strings.hpp"

namespace cnnlab {

void Reader::read(const Drawing& drawing, nn::Module* network, const DigitOptions& options) {
  ++version_;
  stages_.clear();
  reading_.reset();
  const std::optional<Digit> digit = digit_from_strokes(drawing.strokes(), 1, options);
  if (!digit) return;
  stages_ = {{strings::stage_drawn, true, digit->raw},
             {strings::stage_cropped, options.crop, digit->cropped},
             {strings::stage_scaled, options.scale, digit->scaled},
             {strings::stage_centered, options.center, digit->image}};
  if (!network) return;
  const Tensor output = predict(*network, input());  // (1, 10), logarithms
  const auto log_probabilities = output.data();
  Reading reading{.digit = static_cast<int>(std::ranges::max_element(log_probabilities) - log_probabilities.begin()),
                  .probabilities = {}};
  for (const float value : log_probabilities) reading.probabilities.push_back(std::exp(value));
  reading_ = std::move(reading);
}

Tensor image_tensor(const uint8_t* pixels) {
  Tensor image({1, 1, 28, 28});
  std::transform(pixels, pixels + 28 * 28, image.data().begin(),
                 [](uint8_t grey) { return static_cast<float>(grey) / 255; });
  return image;
}

}  // namespace cnnlab
