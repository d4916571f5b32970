#include "web/lab/draw/drawing.hpp"

#include <cmath>

namespace cnnlab {
namespace {

// Points that lie closer than a quarter of a pixel on a large pad add nothing but work.
constexpr double nearest = 1.0 / 2048;
constexpr size_t most_undone = 200;

Point onto_pad(Point point) { return {std::clamp(point.x, 0.0, 1.0), std::clamp(point.y, 0.0, 1.0)}; }

size_t cell(int row, int column) { return static_cast<size_t>(row * Drawing::grid + column); }

Point middle_of(int row, int column) { return {(column + 0.5) / Drawing::grid, (row + 0.5) / Drawing::grid}; }

}  // namespace

void Drawing::remember() {
  if (past_.size() == most_undone) past_.erase(past_.begin());
  past_.push_back(now_);
  future_.clear();
}

void Drawing::begin(Point point) {
  remember();
  now_.strokes.push_back({onto_pad(point)});
  down_ = true;
}

void Drawing::extend(Point point) {
  if (!down_) return;
  point = onto_pad(point);
  const Point last = now_.strokes.back().back();
  if (std::hypot(point.x - last.x, point.y - last.y) < nearest) return;
  now_.strokes.back().push_back(point);
}

bool Drawing::filled(int row, int column) const {
  return row >= 0 && row < grid && column >= 0 && column < grid && now_.cells[cell(row, column)];
}

void Drawing::fill(int row, int column, bool ink) {
  if (row < 0 || row >= grid || column < 0 || column >= grid || filled(row, column) == ink) return;
  remember();
  now_.cells[cell(row, column)] = ink;
}

void Drawing::undo() {
  if (past_.empty()) return;
  future_.push_back(std::move(now_));
  now_ = std::move(past_.back());
  past_.pop_back();
  down_ = false;
}

void Drawing::redo() {
  if (future_.empty()) return;
  past_.push_back(std::move(now_));
  now_ = std::move(future_.back());
  future_.pop_back();
  down_ = false;
}

void Drawing::clear() {
  if (!empty()) {
    remember();
    now_ = {};
  }
  down_ = false;
}

std::vector<Stroke> Drawing::strokes() const {
  std::vector<Stroke> all = now_.strokes;
  for (int row = 0; row < grid; ++row) {
    for (int column = 0; column < grid; ++column) {
      if (!filled(row, column)) continue;
      const Point here = middle_of(row, column);
      all.push_back({here});
      for (const auto& [down, right] : {std::pair{0, 1}, {1, -1}, {1, 0}, {1, 1}})
        if (filled(row + down, column + right)) all.push_back({here, middle_of(row + down, column + right)});
    }
  }
  return all;
}

}  // namespace cnnlab
