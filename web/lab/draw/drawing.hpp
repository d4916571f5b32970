#pragma once
#include <vector>

#include "lib/data/raster.hpp"

namespace cnnlab {

/// What was drawn on the pad: strokes of points in 0 … 1 (y downwards), in the order in which they were drawn.
class Drawing {
 public:
  /// A pen's width as a part of the pad's, as wide as MNIST's writers drew: about 1/12.
  static constexpr double pen = 1.0 / 12;

  void begin(Point point);
  /// The pen moves on, also outside the pad; nothing happens while it is up.
  void extend(Point point);
  void end() { down_ = false; }
  bool down() const { return down_; }

  /// Takes the last stroke back.
  void undo();
  void clear();

  bool empty() const { return strokes_.empty(); }
  const std::vector<Stroke>& strokes() const { return strokes_; }

 private:
  std::vector<Stroke> strokes_;
  bool down_ = false;
};

}  // namespace cnnlab
