#pragma once
#include <cstdint>
#include <vector>

#include "lib/tensor/tensor.hpp"

namespace cnnlab {

// A raster is a Tensor (H, W) of ink from 0 (none) to 1. Coordinates are in pixels, (0, 0) is the upper left corner, y
// goes down; pixel (i, j) covers [j, j + 1] × [i, i + 1].

struct Point {
  double x, y;
};
using Stroke = std::vector<Point>;

struct Box {
  double left, top, right, bottom;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  double longer() const { return width() > height() ? width() : height(); }
  Point centre() const { return {left + width() / 2, top + height() / 2}; }
};

/// The smallest box around all points; of no width when there are none.
Box box_around(const std::vector<Stroke>& strokes);

/// x ↦ scale · (x − source) + target: where a point of the source comes to lie in a raster.
struct Placement {
  double scale;
  Point source, target;

  Point operator()(Point p) const { return {scale * (p.x - source.x) + target.x, scale * (p.y - source.y) + target.y}; }
};

/// Strokes as lines with round ends, `pen` pixels wide, anti-aliased: a pixel's ink is how far it lies inside the
/// line's edge, from 0 to 1 over one pixel. Time grows with the number of points times the pixels that each segment
/// passes.
Tensor draw_strokes(const std::vector<Stroke>& strokes, const Placement& placement, double pen, int64_t height,
                    int64_t width);

/// A raster moved and scaled: shrunk by averaging over the area that a pixel covers, enlarged bilinearly. Outside there
/// is no ink.
Tensor resample(const Tensor& raster, const Placement& placement, int64_t height, int64_t width);

/// The pixels [top, bottom) × [left, right).
Tensor cut(const Tensor& raster, int64_t top, int64_t left, int64_t bottom, int64_t right);

/// Copies a raster into another, its upper left corner to pixel (top, left); what falls outside is lost.
void paste(const Tensor& raster, int64_t top, int64_t left, Tensor& into);

/// The smallest box around all pixels with ink above `threshold`; of no width when there are none.
Box ink_box(const Tensor& raster, float threshold);

/// The ink's centre of mass; the raster's centre when there is no ink.
Point centre_of_mass(const Tensor& raster);

/// For each pixel the distance from its centre to that of the nearest pixel with ink of at least one half; infinite
/// when there is none (Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", Theory of Computing
/// 2012).
Tensor distance_to_ink(const Tensor& raster);

}  // namespace cnnlab
