#include "lib/data/augment.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include "lib/tensor/tensor.hpp"

namespace cnnlab {
namespace {

constexpr int64_t border = 2;  // of zeros around an image: a sample outside reads them instead of being tested

auto as_plane(std::span<float> numbers, int64_t height, int64_t width) {
  return xt::adapt(numbers.data(), numbers.size(), xt::no_ownership(),
                   std::array{static_cast<size_t>(height), static_cast<size_t>(width)});
}

// Where an output pixel comes from. Waves along x depend on the row or the column alone, so a table of each will do.
struct Mapping {
  double xx, xy, yx, yy;  // source offset from the centre = matrix · (output offset − shift)
  double shift_x, shift_y;
  double phase[4], amplitude[4], wave_length;

  Mapping(const AugmentOptions& options, Random& random, int64_t size) {
    auto draw = [&](double range) { return random.uniform(-range, range); };
    shift_x = draw(options.shift);
    shift_y = draw(options.shift);
    const double scale = 1 + draw(options.scale), stretch = std::sqrt(1 + draw(options.stretch));
    const double angle = draw(options.rotation) * std::numbers::pi / 180, shear = draw(options.shear);
    // The inverse of rotation · shear · scaling: the net sees the image turned by +angle, enlarged by `scale`.
    const double inverse_x = 1 / (scale * stretch), inverse_y = stretch / scale;
    const double cos = std::cos(angle), sin = std::sin(angle);
    xx = inverse_x * (cos + shear * sin);
    xy = inverse_x * (sin - shear * cos);
    yx = -inverse_y * sin;
    yy = inverse_y * cos;
    wave_length = random.uniform(0.6, 1.2) * static_cast<double>(size);
    for (double& value : phase) value = draw(std::numbers::pi);
    for (double& value : amplitude) value = draw(options.warp);
  }

  double wave(int i, double position) const {
    return amplitude[i] * std::sin(2 * std::numbers::pi * position / wave_length + phase[i]);
  }
};

// Grey dilation or erosion over a pixel and its four neighbours, mixed in by |amount|.
void change_thickness(std::span<float> from, std::span<float> to, int64_t height, int64_t width, double amount) {
  const auto image = as_plane(from, height, width);
  auto result = as_plane(to, height, width);
  auto shifted = [&](int64_t dy, int64_t dx) {
    return xt::view(image, xt::range(1 + dy, height - 1 + dy), xt::range(1 + dx, width - 1 + dx));
  };
  const auto here = shifted(0, 0), up = shifted(-1, 0), down = shifted(1, 0), left = shifted(0, -1),
             right = shifted(0, 1);
  auto inner = xt::view(result, xt::range(1, height - 1), xt::range(1, width - 1));
  const auto share = static_cast<float>(std::fabs(amount));
  if (amount > 0)
    inner = here + share * (xt::maximum(here, xt::maximum(xt::maximum(up, down), xt::maximum(left, right))) - here);
  else
    inner = here + share * (xt::minimum(here, xt::minimum(xt::minimum(up, down), xt::minimum(left, right))) - here);
}

// Bilinear sampling of the bordered plane `from` into `out` (height, width).
void sample(const Mapping& mapping, std::span<const float> from, int64_t height, int64_t width, std::span<float> out) {
  const int64_t row = width + 2 * border;
  const double centre_x = static_cast<double>(width - 1) / 2, centre_y = static_cast<double>(height - 1) / 2;
  // Samples beyond the border read its zeros.
  const auto limit_x = static_cast<float>(width + border) - 1.001f,
             limit_y = static_cast<float>(height + border) - 1.001f;
  for (int64_t y = 0; y < height; ++y) {
    const double v = static_cast<double>(y) - centre_y - mapping.shift_y;
    const double row_x = centre_x + mapping.wave(0, v), row_y = centre_y + mapping.wave(1, v);
    for (int64_t x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) - centre_x - mapping.shift_x;
      const float sx = std::clamp(static_cast<float>(row_x + mapping.xx * u + mapping.xy * v), -2.0f, limit_x) + 2;
      const float sy = std::clamp(static_cast<float>(row_y + mapping.yx * u + mapping.yy * v), -2.0f, limit_y) + 2;
      const auto left = static_cast<int64_t>(sx), top = static_cast<int64_t>(sy);
      const float fx = sx - static_cast<float>(left), fy = sy - static_cast<float>(top);
      const float* p = from.data() + top * row + left;
      const float upper = p[0] + fx * (p[1] - p[0]), lower = p[row] + fx * (p[row + 1] - p[row]);
      out[y * width + x] = upper + fy * (lower - upper);
    }
  }
}

}  // namespace

void augment(const AugmentOptions& options, Random random, std::span<const uint8_t> image, int64_t channels,
             int64_t height, int64_t width, std::span<float> out) {
  const Mapping mapping(options, random, std::max(height, width));
  const double thickness = random.uniform(-options.thickness, options.thickness);
  const int64_t rows = height + 2 * border, row = width + 2 * border;
  Tensor plane = Tensor::zeros({rows, row}), changed = Tensor::zeros({rows, row});
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t y = 0; y < height; ++y)
      std::transform(image.begin() + (c * height + y) * width, image.begin() + (c * height + y + 1) * width,
                     plane.data().begin() + (y + border) * row + border,
                     [](uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
    if (thickness != 0) change_thickness(plane.data(), changed.data(), rows, row, thickness);
    sample(mapping, thickness != 0 ? changed.data() : plane.data(), height, width,
           out.subspan(c * height * width, height * width));
  }
}

void crop(const CropOptions& options, Random random, std::span<const uint8_t> image, int64_t channels, int64_t height,
          int64_t width, std::span<float> out) {
  const auto draw = [&] { return static_cast<int64_t>(random.below(2 * options.padding + 1)) - options.padding; };
  const int64_t down = draw(), right = draw();
  const bool mirrored = options.flip && random.below(2) == 1;
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x) {
        const int64_t from_y = y + down, from_x = (mirrored ? width - 1 - x : x) + right;
        const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
        out[(c * height + y) * width + x] =
            inside ? static_cast<float>(image[(c * height + from_y) * width + from_x]) / 255.0f : 0.0f;
      }
}

}  // namespace cnnlab
