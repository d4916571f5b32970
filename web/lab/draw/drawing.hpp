#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "lib/data/raster.hpp"

namespace cnnlab {

/// What was drawn on the pad: strokes of points in 0 … 1 (y downwards), in the order in which they were drawn, and
/// cells of a grid, for those who draw by keyboard. Every change can be undone, also `clear`.
class Drawing {
 public:
  /// A pen's width as a part of the pad's, as wide as MNIST's writers drew: about 1/12.
  static constexpr double usual_pen = 1.0 / 12;
  static constexpr int grid = 28;

  double pen() const { return pen_; }
  void set_pen(double share_of_pad) { pen_ = share_of_pad; }

  void begin(Point point);
  /// The pen moves on, also outside the pad; nothing happens while it is up.
  void extend(Point point);
  void end() { down_ = false; }
  bool down() const { return down_; }

  /// Cells count from 0; those outside the grid are never filled.
  bool filled(int row, int column) const;
  void fill(int row, int column, bool ink);

  void undo();
  void redo();
  bool can_undo() const { return !past_.empty(); }
  bool can_redo() const { return !future_.empty(); }
  void clear();

  bool empty() const { return now_.strokes.empty() && std::ranges::find(now_.cells, true) == now_.cells.end(); }
  /// All that is drawn: cells as dots, joined by lines where they touch, so that they go the same way as the pen's
  /// strokes.
  std::vector<Stroke> strokes() const;

  /// The drawing as a short text for an address, and back. A point is kept to 1/4096 of the pad; points that lie on a
  /// line with their neighbours are left out.
  std::string to_text() const;
  /// Throws Error for what is no drawing; then nothing has changed.
  void from_text(std::string_view text);

 private:
  struct State {
    std::vector<Stroke> strokes;
    std::array<bool, grid * grid> cells{};
  };
  void remember();

  State now_;
  std::vector<State> past_, future_;
  bool down_ = false;
  double pen_ = usual_pen;
};

}  // namespace cnnlab
