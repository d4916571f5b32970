#include <cmath>

#include "lib/tensor/error.hpp"
#include "web/lab/draw/drawing.hpp"

// A drawing in an address: strokes, each after a "."; then cells, after a "~". A stroke's point is four letters of base
// 64 (two for x, two for y), a cell two (row, column).
namespace cnnlab {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int levels = 64 * 64;
constexpr double tolerance = 0.5 / 256;  // how far a point may lie off its neighbours' line: a tenth of MNIST's pixel

void write(std::string& text, double share) {
  const auto level =
      static_cast<size_t>(std::clamp(std::lround(share * (levels - 1)), 0L, static_cast<long>(levels - 1)));
  text += letters[level / 64];
  text += letters[level % 64];
}

int value_of(char letter) {
  const size_t at = letters.find(letter);
  check(at != std::string_view::npos, "drawing: '", letter, "' is no letter of its text");
  return static_cast<int>(at);
}

double read(std::string_view two) {
  return (value_of(two[0]) * 64 + value_of(two[1])) / static_cast<double>(levels - 1);
}

double distance_from_line(Point p, Point from, Point to) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  if (length == 0) return std::hypot(p.x - from.x, p.y - from.y);
  return std::abs((to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x)) / length;
}

// Ramer 1972, Douglas and Peucker 1973: the points between two that are kept, where one of them lies far from their
// line.
void keep_corners(const Stroke& stroke, size_t first, size_t last, Stroke& kept) {
  size_t farthest = first;
  double far = tolerance;
  for (size_t i = first + 1; i < last; ++i) {
    const double distance = distance_from_line(stroke[i], stroke[first], stroke[last]);
    if (distance > far) {
      far = distance;
      farthest = i;
    }
  }
  if (farthest == first) return;
  keep_corners(stroke, first, farthest, kept);
  kept.push_back(stroke[farthest]);
  keep_corners(stroke, farthest, last, kept);
}

Stroke simplified(const Stroke& stroke) {
  Stroke kept{stroke.front()};
  keep_corners(stroke, 0, stroke.size() - 1, kept);
  if (stroke.size() > 1) kept.push_back(stroke.back());
  return kept;
}

}  // namespace

std::string Drawing::to_text() const {
  std::string text;
  for (const Stroke& stroke : now_.strokes) {
    text += '.';
    for (const Point point : simplified(stroke)) {
      write(text, point.x);
      write(text, point.y);
    }
  }
  std::string cells;
  for (int row = 0; row < grid; ++row)
    for (int column = 0; column < grid; ++column)
      if (filled(row, column)) (cells += letters[static_cast<size_t>(row)]) += letters[static_cast<size_t>(column)];
  return cells.empty() ? text : text + "~" + cells;
}

void Drawing::from_text(std::string_view text) {
  State state;
  const size_t tilde = std::min(text.find('~'), text.size());
  const std::string_view cells = text.substr(std::min(tilde + 1, text.size()));
  std::string_view strokes = text.substr(0, tilde);
  while (!strokes.empty()) {
    const size_t end = std::min(strokes.find('.', 1), strokes.size());
    const std::string_view points = strokes.substr(1, end - 1);
    check(strokes[0] == '.' && !points.empty() && points.size() % 4 == 0, "drawing: a stroke of ", points.size(),
          " letters: each point has 4, and \".\" comes first");
    Stroke& stroke = state.strokes.emplace_back();
    for (size_t i = 0; i < points.size(); i += 4)
      stroke.push_back({read(points.substr(i, 2)), read(points.substr(i + 2, 2))});
    strokes.remove_prefix(end);
  }
  check(cells.size() % 2 == 0, "drawing: ", cells.size(), " letters of cells: each has 2");
  for (size_t i = 0; i < cells.size(); i += 2) {
    const int row = value_of(cells[i]), column = value_of(cells[i + 1]);
    check(row < grid && column < grid, "drawing: cell ", row, ", ", column, " of a grid of ", grid, "×", grid);
    state.cells[static_cast<size_t>(row * grid + column)] = true;
  }
  remember();
  now_ = std::move(state);
  down_ = false;
}

}  // namespace cnnlab
