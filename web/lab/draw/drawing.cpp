#include "web/lab/draw/drawing.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {
namespace {

// Points that lie closer than a quarter of a pixel on a large pad add nothing but work.
constexpr double nearest = 1.0 / 2048;

Point onto_pad(Point point) { return {std::clamp(point.x, 0.0, 1.0), std::clamp(point.y, 0.0, 1.0)}; }

}  // namespace

void Drawing::begin(Point point) {
  strokes_.push_back({onto_pad(point)});
  down_ = true;
}

void Drawing::extend(Point point) {
  if (!down_) return;
  point = onto_pad(point);
  const Point last = strokes_.back().back();
  if (std::hypot(point.x - last.x, point.y - last.y) < nearest) return;
  strokes_.back().push_back(point);
}

void Drawing::undo() {
  if (strokes_.empty()) return;
  strokes_.pop_back();
  down_ = false;
}

void Drawing::clear() {
  strokes_.clear();
  down_ = false;
}

}  // namespace cnnlab
