#include "web/lab/train/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

// Leaves of the places in one column of pixels those that lie highest and lowest: a long run's curve would paint the
// same pixels again and again. The first and the last place stay.
std::vector<ImVec2> without_overpainting(std::span<const ImVec2> places, float column) {
  std::vector<ImVec2> kept;
  const auto same_column = [column](ImVec2 a, ImVec2 b) {
    return std::floor(a.x / column) == std::floor(b.x / column);
  };
  for (auto from = places.begin(); from != places.end();) {
    const auto to = std::find_if_not(from, places.end(), [&](ImVec2 place) { return same_column(place, *from); });
    auto [first, second] = std::minmax_element(from, to, [](ImVec2 a, ImVec2 b) { return a.y < b.y; });
    if (second < first) std::swap(first, second);
    if (from == places.begin() && first != from) kept.push_back(*from);
    kept.push_back(*first);
    if (second != first) kept.push_back(*second);
    if (to == places.end() && std::next(second) != to) kept.push_back(places.back());
    from = to;
  }
  return kept;
}

}  // namespace

Range Range::around(double low, double high) {
  low = std::max(low, 1e-9);
  return {low * 0.8, std::max(high, low * 2) * 1.2, true};
}

double Range::share(double value) const {
  if (logarithmic) return std::log(std::max(value, low) / low) / std::log(high / low);
  return (value - low) / (high - low);
}

std::vector<double> Range::ticks(int wanted) const {
  std::vector<double> at;
  if (logarithmic) {
    const bool many = high / low > 200;  // then powers of ten alone
    for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10)
      for (const double digit : {1.0, 2.0, 5.0})
        if (digit * power >= low && digit * power <= high && (!many || digit == 1)) at.push_back(digit * power);
    return at;
  }
  const double rough = (high - low) / wanted, power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double nice : {5.0, 2.0, 1.0})
    if (nice * power >= rough) step = nice * power;
  for (double value = std::ceil(low / step) * step; value <= high + step * 1e-9; value += step) at.push_back(value);
  return at;
}

Plot::Plot(const Ui& ui, Rect area, Range steps, Range values)
    : ui_(ui),
      area_{area.x + left_margin, area.y + 6, area.width - left_margin - 10, area.height - 6 - bottom_margin},
      steps_(steps),
      values_(values) {}

ImVec2 Plot::place(double step, double value) const {
  const auto across = static_cast<float>(steps_.share(step));
  const auto up = static_cast<float>(std::clamp(values_.share(value), 0.0, 1.0));
  return {area_.x + area_.width * across, area_.bottom() - area_.height * up};
}

double Plot::step_at(float x) const {
  return steps_.low + (steps_.high - steps_.low) * static_cast<double>((x - area_.x) / area_.width);
}

void Plot::axes(const std::function<std::string(double)>& in_words) const {
  const float half = Ui::small / 2 + 1;
  for (const double value : values_.ticks(4)) {
    const float y = place(steps_.low, value).y;
    ui_.line({area_.x, y}, {area_.right(), y}, ui_.theme.grid);
    ui_.text({area_.x - 6, y - half}, in_words(value), ui_.theme.muted, Ui::small, Align::right);
  }
  for (const double value : steps_.ticks(area_.width > 260 ? 4 : 3))
    ui_.text({place(value, 0).x, area_.bottom() + 4}, grouped(std::llround(value)), ui_.theme.muted, Ui::small,
             Align::center);
  ui_.line({area_.x, area_.bottom()}, {area_.right(), area_.bottom()}, ui_.theme.border);
}

void dashed_line(ImDrawList& list, std::span<const ImVec2> places, ImU32 color, float thickness) {
  constexpr float dash = 5, gap = 4;
  float left = dash;  // of this dash or gap, which may go round corners
  bool drawn = true;
  for (size_t i = 0; i + 1 < places.size(); ++i) {
    const ImVec2 from = places[i], way{places[i + 1].x - from.x, places[i + 1].y - from.y};
    const float length = std::hypot(way.x, way.y);
    for (float at = 0; at < length;) {
      const float end = std::min(at + left, length), begin = at / length, share = end / length;
      if (drawn)
        list.AddLine({from.x + way.x * begin, from.y + way.y * begin}, {from.x + way.x * share, from.y + way.y * share},
                     color, thickness);
      left -= end - at;
      at = end;
      if (end == length) break;
      drawn = !drawn;
      left = drawn ? dash : gap;
    }
  }
}

void Plot::line(std::span<const RunCurves::Point> points, ImU32 color, float thickness, bool dashed) const {
  std::vector<ImVec2> places;
  places.reserve(points.size());
  for (const auto& point : points) places.push_back(place(point.step, point.value));
  places = without_overpainting(places, ui_.pixel);
  if (dashed) {
    dashed_line(*ui_.list, places, color, thickness);
  } else {
    ui_.list->AddPolyline(places.data(), static_cast<int>(places.size()), color, 0, thickness);
  }
  if (places.size() == 1) ui_.list->AddCircleFilled(places[0], std::max(thickness, 2.0f), color);
}

void Plot::dots(std::span<const RunCurves::Point> points, ImU32 color, float radius, bool hollow) const {
  for (const auto& point : points) {
    const ImVec2 at = place(point.step, point.value);
    ui_.list->AddCircleFilled(at, radius, hollow ? ui_.theme.surface : color);
    if (hollow) ui_.list->AddCircle(at, radius, color, 0, 1.5f);
  }
}

void Plot::mark(double step) const {
  const float x = place(step, values_.low).x;
  ui_.line({x, area_.y}, {x, area_.bottom()}, ui_.theme.border);
}

const RunCurves::Point& nearest(std::span<const RunCurves::Point> points, double step) {
  return *std::ranges::min_element(points, {}, [&](const auto& point) { return std::abs(point.step - step); });
}

ImU32 run_color(const Theme& theme, size_t index) {
  const ImU32 green = theme.dark ? html(0x5fd0a8) : html(0x14735a),
              purple = theme.dark ? html(0xe79fcb) : html(0x97427a),
              yellow = theme.dark ? html(0xf2e05c) : html(0xa98300), sky = theme.dark ? html(0x4d7fe0) : html(0x3f97cc);
  const std::array colors{theme.blue, theme.orange, green, purple, theme.text, yellow, sky};  // the page's (race.css)
  return index < colors.size() ? colors[index] : theme.muted;
}

std::string percent(double share) { return text(number(std::round(share * 10000) / 100), "%"); }

}  // namespace cnnlab
