#include "lib/data/bitmap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/data/raster.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

constexpr int64_t max_side = 512;
constexpr float least_contrast = 16.0f / 255;  // between ink and background; below, nothing was drawn
constexpr float least_noise = 4.0f / 255;      // compression leaves so much on a clean background
constexpr float solid = 0.25f;                 // ink of pixels that connect a stroke

float quantile(std::vector<float> values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Bytes → 0 … 1, shrunk to a size at which every step below is fast.
Tensor to_raster(std::span<const uint8_t> grey, int64_t height, int64_t width) {
  Tensor raster({height, width});
  std::transform(grey.begin(), grey.end(), raster.data().begin(),
                 [](uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
  const int64_t side = std::max(height, width);
  if (side <= max_side) return raster;
  const double scale = static_cast<double>(max_side) / static_cast<double>(side);
  const auto shrunk = [&](int64_t size) {
    return std::max<int64_t>(1, std::lround(scale * static_cast<double>(size)));
  };
  return resample(raster, {scale, {0, 0}, {0, 0}}, shrunk(height), shrunk(width));
}

struct Sides {
  std::vector<float> left, right, top, bottom;

  explicit Sides(const Tensor& raster) {
    const int64_t height = raster.size(0), width = raster.size(1);
    for (int64_t y = 0; y < height; ++y) {
      left.push_back(raster.data()[y * width]);
      right.push_back(raster.data()[y * width + width - 1]);
    }
    top.assign(raster.data().begin(), raster.data().begin() + width);
    bottom.assign(raster.data().end() - width, raster.data().end());
  }
  std::vector<float> all() const {
    std::vector<float> values = left;
    for (const auto& side : {right, top, bottom}) values.insert(values.end(), side.begin(), side.end());
    return values;
  }
};

// Takes the background away: a plane through the medians of the four sides, which a stroke that touches one hardly
// moves.
void subtract_background(Tensor& raster) {
  const Sides sides(raster);
  const int64_t height = raster.size(0), width = raster.size(1);
  const float left = quantile(sides.left, 0.5), right = quantile(sides.right, 0.5);
  const float top = quantile(sides.top, 0.5), bottom = quantile(sides.bottom, 0.5);
  const float middle = (left + right + top + bottom) / 4;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      const float along_x = (static_cast<float>(x) + 0.5f) / static_cast<float>(width) - 0.5f;
      const float along_y = (static_cast<float>(y) + 0.5f) / static_cast<float>(height) - 0.5f;
      raster.data()[y * width + x] -= middle + (right - left) * along_x + (bottom - top) * along_y;
    }
}

// Three standard deviations of the background, by the median of what is left at the sides.
float noise_level(const Tensor& raster) {
  std::vector<float> rest = Sides(raster).all();
  for (float& value : rest) value = std::fabs(value);
  return std::max(least_noise, 3 * 1.4826f * quantile(std::move(rest), 0.5));
}

// Ink becomes positive, whichever way it differs.
void make_ink_positive(Tensor& raster, float noise) {
  double lighter = 0, darker = 0;
  for (float value : raster.data()) {
    lighter += std::max(0.0f, value - noise);
    darker += std::max(0.0f, -value - noise);
  }
  if (darker > lighter)
    for (float& value : raster.data()) value = -value;
}

// The level that divides values in 0 … 1 into two classes that differ most (Otsu, "A Threshold Selection Method from
// Gray-Level Histograms", 1979).
float otsu_threshold(std::span<const float> values) {
  constexpr int bins = 256;
  std::array<double, bins> histogram{};
  double total = 0, total_sum = 0;
  for (float value : values) {
    const int bin = std::clamp(static_cast<int>(value * bins), 0, bins - 1);
    ++histogram[bin];
    ++total;
    total_sum += bin;
  }
  double below = 0, below_sum = 0, best = -1;
  int threshold = 0;
  for (int bin = 0; bin + 1 < bins; ++bin) {
    below += histogram[bin];
    below_sum += histogram[bin] * bin;
    if (below == 0 || below == total) continue;
    const double difference = below_sum / below - (total_sum - below_sum) / (total - below);
    const double between = below * (total - below) * difference * difference;
    if (between > best) {
      best = between;
      threshold = bin + 1;
    }
  }
  return static_cast<float>(threshold) / bins;
}

// Connected regions of solid ink (over eight neighbours): their pixels, region by region.
std::vector<std::vector<int64_t>> ink_regions(const Tensor& ink) {
  const int64_t height = ink.size(0), width = ink.size(1);
  std::vector<bool> seen(ink.data().size());
  std::vector<std::vector<int64_t>> regions;
  for (int64_t start = 0; start < ink.numel(); ++start) {
    if (seen[start] || ink.data()[start] < solid) continue;
    std::vector<int64_t>& region = regions.emplace_back(1, start);
    seen[start] = true;
    for (size_t next = 0; next < region.size(); ++next) {
      const int64_t y = region[next] / width, x = region[next] % width;
      for (int64_t v = std::max<int64_t>(0, y - 1); v <= std::min(height - 1, y + 1); ++v)
        for (int64_t u = std::max<int64_t>(0, x - 1); u <= std::min(width - 1, x + 1); ++u) {
          const int64_t at = v * width + u;
          if (seen[at] || ink.data()[at] < solid) continue;
          seen[at] = true;
          region.push_back(at);
        }
    }
  }
  return regions;
}

// Keeps the regions that are large enough to be strokes, with the faint pixels at their edges.
void drop_spots(Tensor& ink) {
  const auto regions = ink_regions(ink);
  size_t largest = 0;
  for (const auto& region : regions) largest = std::max(largest, region.size());
  const int64_t height = ink.size(0), width = ink.size(1);
  Tensor kept = Tensor::zeros(ink.shape());
  for (const auto& region : regions) {
    if (region.size() * 12 < largest) continue;
    for (int64_t pixel : region)
      for (int64_t v = std::max<int64_t>(0, pixel / width - 1); v <= std::min(height - 1, pixel / width + 1); ++v)
        for (int64_t u = std::max<int64_t>(0, pixel % width - 1); u <= std::min(width - 1, pixel % width + 1); ++u)
          kept.data()[v * width + u] = ink.data()[v * width + u];
  }
  ink = kept;
}

Tensor with_margin(const Tensor& raster, int64_t margin) {
  const int64_t height = raster.size(0), width = raster.size(1), row = width + 2 * margin;
  Tensor out = Tensor::zeros({height + 2 * margin, row});
  for (int64_t y = 0; y < height; ++y)
    std::copy(raster.data().begin() + y * width, raster.data().begin() + (y + 1) * width,
              out.data().begin() + (y + margin) * row + margin);
  return out;
}

// Distance from each pixel's centre to the outline of the ink: negative inside, positive outside.
Tensor signed_distance(const Tensor& ink) {
  Tensor inverse(ink.shape());
  std::transform(ink.data().begin(), ink.data().end(), inverse.data().begin(),
                 [](float value) { return value >= 0.5f ? 0.0f : 1.0f; });
  Tensor distance = distance_to_ink(ink);
  const Tensor depth = distance_to_ink(inverse);
  for (int64_t i = 0; i < distance.numel(); ++i)
    distance.data()[i] = distance.data()[i] > 0 ? distance.data()[i] - 0.5f : 0.5f - depth.data()[i];
  return distance;
}

// In a bar of width w the distance to its outline is w / 4 on average.
double width_from(const Tensor& distance) {
  double depth = 0;
  int64_t count = 0;
  for (float value : distance.data())
    if (value < 0) {
      depth -= value;
      ++count;
    }
  return count ? 4 * depth / static_cast<double>(count) : 0;
}

}  // namespace

std::optional<Tensor> ink_from_bitmap(std::span<const uint8_t> grey, int64_t height, int64_t width) {
  check(height > 0 && width > 0 && static_cast<int64_t>(grey.size()) / width == height &&
            static_cast<int64_t>(grey.size()) % width == 0,
        "bitmap: ", grey.size(), " bytes are not ", height, "×", width, " pixels");
  Tensor ink = to_raster(grey, height, width);
  subtract_background(ink);
  const float noise = noise_level(ink);
  make_ink_positive(ink, noise);

  const float threshold = std::max(noise, otsu_threshold(ink.data()));
  std::vector<float> strong;
  std::copy_if(ink.data().begin(), ink.data().end(), std::back_inserter(strong),
               [&](float value) { return value > threshold; });
  if (strong.empty()) return std::nullopt;
  const float full = quantile(std::move(strong), 0.75);
  if (full - noise < least_contrast) return std::nullopt;
  for (float& value : ink.data()) value = std::clamp((value - noise) / (full - noise), 0.0f, 1.0f);
  drop_spots(ink);
  return ink;
}

double stroke_width(const Tensor& ink) { return width_from(signed_distance(with_margin(ink, 1))); }

Tensor with_stroke_width(const Tensor& ink, double width) {
  const double now = stroke_width(ink);
  if (now == 0 || (now > width * 2 / 3 && now < width * 4 / 3)) return ink;
  const double by = std::max((width - now) / 2, -now / 4);
  Tensor distance = signed_distance(with_margin(ink, static_cast<int64_t>(std::max(0.0, by)) + 2));
  for (float& value : distance.data()) value = std::clamp(static_cast<float>(by) - value + 0.5f, 0.0f, 1.0f);
  return distance;
}

}  // namespace cnnlab
