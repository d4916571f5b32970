#include "lib/data/augment.hpp"

#include "lib/data/distortion.hpp"
#include "lib/tensor/tensor.hpp"

namespace cnnlab {

void augment(const AugmentOptions& options, Random random, std::span<const uint8_t> image, int64_t channels,
             int64_t height, int64_t width, std::span<float> out) {
  const Distortion drawn = Distortion::draw(options, random, height, width);
  constexpr int64_t border = Distortion::border;
  const int64_t rows = height + 2 * border, columns = width + 2 * border;
  Tensor before = Tensor::zeros({rows, columns}), after = Tensor::zeros({rows, columns});
  float* const as_is = before.data().data();
  float* const thickened = after.data().data();
  const auto of = [columns](const float* plane) {
    return [=](int64_t y, int64_t x) { return plane[y * columns + x]; };
  };
  for (int64_t c = 0; c < channels; ++c) {
    const Plane plane{image.data() + c * height * width, height, width};
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x) as_is[(y + border) * columns + x + border] = plane.at(y, x);
    for (int64_t y = 1; y < rows - 1; ++y)
      for (int64_t x = 1; x < columns - 1; ++x) thickened[y * columns + x] = drawn.thickened(of(as_is), y, x);
    for (int64_t y = 0; y < height; ++y) {
      const Distortion::Row row = drawn.row(y);
      for (int64_t x = 0; x < width; ++x) out[(c * height + y) * width + x] = row.sample(of(thickened), x);
    }
  }
}

void crop(const CropOptions& options, Random random, std::span<const uint8_t> image, int64_t channels, int64_t height,
          int64_t width, std::span<float> out) {
  const Crop drawn = Crop::draw(options, random, height, width);
  for (int64_t c = 0; c < channels; ++c) {
    const Plane plane{image.data() + c * height * width, height, width};
    for (int64_t y = 0; y < height; ++y) {
      const Crop::Row row = drawn.row(y);
      for (int64_t x = 0; x < width; ++x) out[(c * height + y) * width + x] = row.pixel(plane, x);
    }
  }
}

}  // namespace cnnlab
