#pragma once
#include <functional>
#include <span>
#include <string>

#include "web/lab/train/runs.hpp"
#include "web/lab/ui.hpp"

namespace cnnlab {

/// What an axis spans.
struct Range {
  double low, high;
  bool logarithmic = false;

  /// A range of positive numbers with some air, for a logarithmic axis; 0 and less count as 1e-9.
  static Range around(double low, double high);
  /// 0 at the low end, 1 at the high one.
  double share(double value) const;
  /// Round numbers, about `wanted` of them.
  std::vector<double> ticks(int wanted) const;
};

/// A frame of axes over the batches of a run, and curves in it.
class Plot {
 public:
  static constexpr float left_margin = 52, bottom_margin = 20;

  /// `area` includes the numbers at the axes.
  Plot(const Ui& ui, Rect area, Range steps, Range values);

  const Rect& area() const { return area_; }
  const Range& values() const { return values_; }
  ImVec2 place(double step, double value) const;
  double step_at(float x) const;
  bool has_mouse() const { return area_.contains(ui_.mouse); }

  void axes(const std::function<std::string(double)>& in_words) const;
  /// Of a whole number of pixels' thickness it costs a third, where a device's pixel is one of CSS: Dear ImGui draws
  /// two triangles for each piece then, not six.
  void line(std::span<const RunCurves::Point> points, ImU32 color, float thickness, bool dashed = false) const;
  /// `hollow`: circles, which go with a dashed line.
  void dots(std::span<const RunCurves::Point> points, ImU32 color, float radius, bool hollow = false) const;
  /// A thin line at the batch whose numbers are told.
  void mark(double step) const;

 private:
  const Ui& ui_;
  Rect area_;
  Range steps_, values_;
};

/// The point nearest to a batch; there must be one.
const RunCurves::Point& nearest(std::span<const RunCurves::Point> points, double step);
/// A line of dashes through some places.
void dashed_line(ImDrawList& list, std::span<const ImVec2> places, ImU32 color, float thickness);
/// Seven colours that stay apart for every kind of colour blindness; further ones are grey.
ImU32 run_color(const Theme& theme, size_t index);
std::string percent(double share);

}  // namespace cnnlab
