#include "lib/data/digit.hpp"

#include <algorithm>
#include <cmath>

#include "lib/data/bitmap.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

constexpr int64_t image_size = mnist_image_size, digit_size = mnist_digit_size;
constexpr int64_t raw_size = 4 * image_size;
constexpr size_t max_points = 8'192;
// Beyond these, a drawing's numbers could leave a double's range on their way.
constexpr double largest = 1e60, smallest = 1e-60;
constexpr float faint = 0.05f;  // ink that does not count for the bounding box

// Without what cannot be drawn (coordinates that are no numbers, or out of range), and with a bounded number of points.
std::vector<Stroke> drawable(const std::vector<Stroke>& strokes) {
  std::vector<Stroke> kept;
  size_t count = 0;
  for (const Stroke& stroke : strokes) {
    Stroke good;
    for (Point p : stroke)
      if (std::fabs(p.x) < largest && std::fabs(p.y) < largest) good.push_back(p);
    count += good.size();
    if (!good.empty()) kept.push_back(std::move(good));
  }
  if (count <= max_points) return kept;

  const size_t step = (count + max_points - 1) / max_points;
  size_t seen = 0;
  std::vector<Stroke> thinned;
  for (const Stroke& stroke : kept) {
    Stroke some;
    for (Point p : stroke)
      if (seen++ % step == 0) some.push_back(p);
    if (!some.empty()) thinned.push_back(std::move(some));
  }
  return thinned;
}

Box grown(Box box, double by) { return {box.left - by, box.top - by, box.right + by, box.bottom + by}; }

// A drawing area for strokes that come without one: the drawing fills two thirds of it.
Box area_around(Box lines) {
  const Point centre = lines.centre();
  // Not smaller than what doubles can tell apart there.
  const double least = std::max({smallest, 1e-9 * std::fabs(centre.x), 1e-9 * std::fabs(centre.y)});
  const double half = 0.75 * std::max(lines.longer(), least);
  return {centre.x - half, centre.y - half, centre.x + half, centre.y + half};
}

// The pixels of a raster that a box touches; at least one, also when it lies outside.
Tensor cut_to(const Tensor& raster, const Box& box) {
  auto clamp = [](double value, int64_t low, int64_t high) {
    return static_cast<int64_t>(std::clamp(value, static_cast<double>(low), static_cast<double>(high)));
  };
  const int64_t height = raster.size(0), width = raster.size(1);
  const int64_t top = clamp(std::floor(box.top), 0, height - 1), left = clamp(std::floor(box.left), 0, width - 1);
  return cut(raster, top, left, clamp(std::ceil(box.bottom), top + 1, height),
             clamp(std::ceil(box.right), left + 1, width));
}

Box placed(const Box& box, const Placement& placement) {
  const Point from = placement({box.left, box.top}), to = placement({box.right, box.bottom});
  return {from.x, from.y, to.x, to.y};
}

// The last two stages: `draw(placement, height, width)` renders the source anywhere; `region`, in the source's
// coordinates, is what is scaled. Like MNIST's digits the scaled one moves by whole pixels.
template <class Draw>
void scale_and_center(Digit& digit, const Box& region, double scale, bool center, const Draw& draw) {
  const auto size = [&](double length) {
    return static_cast<int64_t>(std::clamp(std::ceil(scale * length - 1e-6), 1.0, static_cast<double>(image_size)));
  };
  const int64_t height = size(region.height()), width = size(region.width());
  const Point middle{static_cast<double>(width) / 2, static_cast<double>(height) / 2};
  digit.scaled = draw(Placement{scale, region.centre(), middle}, height, width);

  const Point moved = center ? centre_of_mass(digit.scaled) : middle;
  const double target = center ? mnist_mass_centre : image_size / 2.0;
  digit.image = Tensor::zeros({image_size, image_size});
  paste(digit.scaled, std::lround(target - moved.y), std::lround(target - moved.x), digit.image);
}

}  // namespace

std::optional<Digit> digit_from_strokes(const std::vector<Stroke>& strokes, double pad, const DigitOptions& options) {
  const std::vector<Stroke> lines = drawable(strokes);
  if (lines.empty()) return std::nullopt;
  const Box line_box = box_around(lines);
  const Box area = pad > smallest && pad < largest ? Box{0, 0, pad, pad} : area_around(line_box);
  const double drawn_pen = area.longer() * options.drawn_pen;

  Digit digit;
  const Placement to_raw{raw_size / area.longer(), {area.left, area.top}, {0, 0}};
  digit.raw = draw_strokes(lines, to_raw, drawn_pen * to_raw.scale, raw_size, raw_size);
  const Box region = options.crop ? grown(line_box, drawn_pen / 2) : area;
  digit.cropped = options.crop ? cut_to(digit.raw, placed(region, to_raw)) : digit.raw;

  double scale = image_size / area.longer(), pen = drawn_pen * scale;
  Box scaled_region = region;
  if (options.scale && options.crop) {
    // The pen does not grow with the drawing, so the lines' own box becomes 20 pixels less the pen. A dot stays small.
    pen = options.pen;
    scale = (digit_size - pen) / std::max(line_box.longer(), drawn_pen);
    scaled_region = grown(line_box, pen / 2 / scale);
  } else if (options.scale) {
    scale = digit_size / area.longer();
    pen = drawn_pen * scale;
  }
  scale_and_center(digit, scaled_region, scale, options.center,
                   [&](const Placement& placement, int64_t height, int64_t width) {
                     return draw_strokes(lines, placement, pen, height, width);
                   });
  return digit;
}

std::optional<Digit> digit_from_bitmap(std::span<const uint8_t> grey, int64_t height, int64_t width,
                                       const DigitOptions& options) {
  std::optional<Tensor> ink = ink_from_bitmap(grey, height, width);
  if (!ink) return std::nullopt;
  Digit digit;
  digit.raw = *ink;
  const Box area{0, 0, static_cast<double>(ink->size(1)), static_cast<double>(ink->size(0))};
  const Box region = options.crop ? ink_box(*ink, faint) : area;
  digit.cropped = options.crop ? cut_to(*ink, region) : *ink;

  Tensor source = *ink;
  Box scaled_region = region;
  if (options.scale && options.crop) {
    source = with_stroke_width(*ink, options.pen * region.longer() / digit_size);
    scaled_region = ink_box(source, faint);  // other strokes, other box
  }
  double scale = options.scale ? digit_size / scaled_region.longer() : image_size / area.longer();
  if (std::fabs(scale - 1) < 0.06) scale = 1;  // a pixel more or less: resampling would only blur it
  scale_and_center(digit, scaled_region, scale, options.center,
                   [&](const Placement& placement, int64_t rows, int64_t columns) {
                     return resample(source, placement, rows, columns);
                   });
  return digit;
}

}  // namespace cnnlab
