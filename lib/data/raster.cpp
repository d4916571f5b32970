#include "lib/data/raster.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace cnnlab {
namespace {

struct Segment {
  Point a;
  double dx, dy, inverse;  // 1 / squared length; 0 for a point

  Segment(Point from, Point to) : a(from), dx(to.x - from.x), dy(to.y - from.y) {
    const double squared_length = dx * dx + dy * dy;
    inverse = squared_length > 1e-20 ? 1 / squared_length : 0;
  }
  double squared_distance(double px, double py) const {
    const double along = std::clamp(((px - a.x) * dx + (py - a.y) * dy) * inverse, 0.0, 1.0);
    const double x = px - a.x - along * dx, y = py - a.y - along * dy;
    return x * x + y * y;
  }
};

// The first and one past the last pixel that [low, high] touches. Clamped as doubles: no integer overflows.
struct Range {
  int64_t begin, end;
  Range(double low, double high, int64_t size)
      : begin(static_cast<int64_t>(std::clamp(std::floor(low), 0.0, static_cast<double>(size)))),
        end(static_cast<int64_t>(std::clamp(std::ceil(high), 0.0, static_cast<double>(size)))) {}
};

// How much each source pixel contributes to one output pixel, along one axis.
struct Weights {
  int64_t first = 0;
  std::vector<float> of;
};

// A box as wide as the output pixel when shrinking (its overlap with each source pixel), a tent when enlarging.
std::vector<Weights> axis_weights(int64_t source_size, int64_t size, double scale, double source, double target) {
  std::vector<Weights> all(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    const double step = 1 / scale, centre = source + (static_cast<double>(i) + 0.5 - target) * step;
    const double reach = step > 1 ? step / 2 : 1;
    const Range range(centre - reach - 0.5, centre + reach + 0.5, source_size);
    Weights& weights = all[i];
    weights.first = range.begin;
    for (int64_t j = range.begin; j < range.end; ++j) {
      const double left = static_cast<double>(j);
      const double overlap = std::min(left + 1, centre + reach) - std::max(left, centre - reach);
      const double weight = step > 1 ? overlap / step : 1 - std::fabs(left + 0.5 - centre);
      weights.of.push_back(static_cast<float>(std::max(0.0, weight)));
    }
  }
  return all;
}

// One line of the distance transform: the lower envelope of parabolas with vertices (i, f[i]).
void transform_line(std::span<const double> f, std::span<double> out, std::vector<size_t>& vertex,
                    std::vector<double>& edge) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  vertex.clear();
  edge.clear();
  for (size_t q = 0; q < f.size(); ++q) {
    if (f[q] == infinite) continue;
    double crossing = -infinite;
    const auto x = static_cast<double>(q);
    while (!vertex.empty()) {
      const auto v = static_cast<double>(vertex.back());
      crossing = (f[q] + x * x - f[vertex.back()] - v * v) / (2 * (x - v));
      if (crossing > edge.back()) break;
      vertex.pop_back();
      edge.pop_back();
      crossing = -infinite;
    }
    vertex.push_back(q);
    edge.push_back(crossing);
  }
  for (size_t q = 0, k = 0; q < out.size(); ++q) {
    while (k + 1 < vertex.size() && edge[k + 1] < static_cast<double>(q)) ++k;
    const double offset = vertex.empty() ? 0 : static_cast<double>(q) - static_cast<double>(vertex[k]);
    out[q] = vertex.empty() ? infinite : offset * offset + f[vertex[k]];
  }
}

}  // namespace

Box box_around(const std::vector<Stroke>& strokes) {
  Box box{1e300, 1e300, -1e300, -1e300};
  for (const Stroke& stroke : strokes)
    for (Point p : stroke)
      box = {std::min(box.left, p.x), std::min(box.top, p.y), std::max(box.right, p.x), std::max(box.bottom, p.y)};
  return box;
}

Tensor draw_strokes(const std::vector<Stroke>& strokes, const Placement& placement, double pen, int64_t height,
                    int64_t width) {
  const double reach = pen / 2 + 0.5;  // ink ends half a pixel outside the line's edge
  Tensor nearest = Tensor::full({height, width}, std::numeric_limits<float>::max());  // squared distances
  const std::span<float> pixels = nearest.data();
  for (const Stroke& stroke : strokes) {
    for (size_t i = 0; i < stroke.size(); ++i) {
      const Point a = placement(stroke[i ? i - 1 : 0]), b = placement(stroke[i]);
      const Segment segment(a, b);
      const Range rows(std::min(a.y, b.y) - reach, std::max(a.y, b.y) + reach, height);
      const Range columns(std::min(a.x, b.x) - reach, std::max(a.x, b.x) + reach, width);
      for (int64_t y = rows.begin; y < rows.end; ++y)
        for (int64_t x = columns.begin; x < columns.end; ++x) {
          float& pixel = pixels[y * width + x];
          const double squared = segment.squared_distance(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5);
          pixel = std::min(pixel, static_cast<float>(squared));
        }
    }
  }
  for (float& pixel : pixels) pixel = std::clamp(static_cast<float>(reach) - std::sqrt(pixel), 0.0f, 1.0f);
  return nearest;
}

Tensor resample(const Tensor& raster, const Placement& placement, int64_t height, int64_t width) {
  const int64_t from_height = raster.size(0), from_width = raster.size(1);
  const auto rows = axis_weights(from_height, height, placement.scale, placement.source.y, placement.target.y);
  const auto columns = axis_weights(from_width, width, placement.scale, placement.source.x, placement.target.x);
  // First along x, then along y.
  Tensor narrow({from_height, width}), out = Tensor::zeros({height, width});
  for (int64_t y = 0; y < from_height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      float sum = 0;
      for (size_t k = 0; k < columns[x].of.size(); ++k)
        sum += columns[x].of[k] * raster.data()[y * from_width + columns[x].first + static_cast<int64_t>(k)];
      narrow.data()[y * width + x] = sum;
    }
  for (int64_t y = 0; y < height; ++y)
    for (size_t k = 0; k < rows[y].of.size(); ++k)
      for (int64_t x = 0; x < width; ++x)
        out.data()[y * width + x] +=
            rows[y].of[k] * narrow.data()[(rows[y].first + static_cast<int64_t>(k)) * width + x];
  for (float& pixel : out.data()) pixel = std::clamp(pixel, 0.0f, 1.0f);  // rounding
  return out;
}

Tensor cut(const Tensor& raster, int64_t top, int64_t left, int64_t bottom, int64_t right) {
  Tensor out({bottom - top, right - left});
  for (int64_t y = top; y < bottom; ++y) {
    const auto row = raster.data().subspan(y * raster.size(1) + left, right - left);
    std::copy(row.begin(), row.end(), out.data().begin() + (y - top) * (right - left));
  }
  return out;
}

void paste(const Tensor& raster, int64_t top, int64_t left, Tensor& into) {
  for (int64_t y = std::max<int64_t>(0, -top); y < std::min(raster.size(0), into.size(0) - top); ++y)
    for (int64_t x = std::max<int64_t>(0, -left); x < std::min(raster.size(1), into.size(1) - left); ++x)
      into.data()[(y + top) * into.size(1) + x + left] = raster.data()[y * raster.size(1) + x];
}

Box ink_box(const Tensor& raster, float threshold) {
  const int64_t height = raster.size(0), width = raster.size(1);
  int64_t top = height, left = width, bottom = 0, right = 0;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      if (raster.data()[y * width + x] > threshold) {
        top = std::min(top, y);
        left = std::min(left, x);
        bottom = y + 1;
        right = std::max(right, x + 1);
      }
  if (bottom == 0) return {0, 0, 0, 0};
  return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right), static_cast<double>(bottom)};
}

Point centre_of_mass(const Tensor& raster) {
  const int64_t height = raster.size(0), width = raster.size(1);
  double sum = 0, sum_x = 0, sum_y = 0;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      const double ink = raster.data()[y * width + x];
      sum += ink;
      sum_x += ink * (static_cast<double>(x) + 0.5);
      sum_y += ink * (static_cast<double>(y) + 0.5);
    }
  if (sum == 0) return {static_cast<double>(width) / 2, static_cast<double>(height) / 2};
  return {sum_x / sum, sum_y / sum};
}

Tensor distance_to_ink(const Tensor& raster) {
  const int64_t height = raster.size(0), width = raster.size(1);
  std::vector<double> squared(raster.data().size()), line(static_cast<size_t>(height)), result(line.size());
  std::vector<size_t> vertex;
  std::vector<double> edge;
  for (size_t i = 0; i < squared.size(); ++i)
    squared[i] = raster.data()[i] >= 0.5f ? 0 : std::numeric_limits<double>::infinity();
  for (int64_t x = 0; x < width; ++x) {
    for (int64_t y = 0; y < height; ++y) line[y] = squared[y * width + x];
    transform_line(line, result, vertex, edge);
    for (int64_t y = 0; y < height; ++y) squared[y * width + x] = result[y];
  }
  Tensor distance({height, width});
  result.resize(static_cast<size_t>(width));
  for (int64_t y = 0; y < height; ++y) {
    transform_line(std::span(squared).subspan(y * width, width), result, vertex, edge);
    for (int64_t x = 0; x < width; ++x) distance.data()[y * width + x] = static_cast<float>(std::sqrt(result[x]));
  }
  return distance;
}

}  // namespace cnnlab
