#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

constexpr float plot_height = 210, left_margin = 46, right_margin = 48, bottom_margin = 36;

// Round numbers that divide a range into about `wanted` parts.
std::vector<double> ticks(double low, double high, int wanted) {
  const double rough = (high - low) / wanted, power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double nice : {5.0, 2.0, 1.0})
    if (nice * power >= rough) step = nice * power;
  std::vector<double> at;
  for (double value = std::ceil(low / step) * step; value <= high + step * 1e-9; value += step) at.push_back(value);
  return at;
}

struct Range {
  double low, high;
  bool logarithmic = false;

  /// 0 at the low end, 1 at the high one.
  double share(double value) const {
    if (logarithmic) return std::log(std::max(value, low) / low) / std::log(high / low);
    return (value - low) / (high - low);
  }
};

Range loss_range(const std::vector<Curve::Point>& loss, bool logarithmic) {
  double low = 1e9, high = 0;
  for (const auto& point : loss) {
    low = std::min(low, point.value);
    high = std::max(high, point.value);
  }
  if (loss.empty()) return {0, 2.5};
  if (!logarithmic) return {0, std::max(high * 1.05, 0.1)};
  low = std::max(low, 1e-6);
  return {low * 0.8, std::max(high, low * 2) * 1.2, true};
}

// Near the end of a run all happens close to 100 %.
Range accuracy_range(const std::vector<Curve::Point>& accuracy) {
  double low = 1;
  for (const auto& point : accuracy) low = std::min(low, point.value);
  return low >= 0.95 ? Range{0.94, 1} : low >= 0.85 ? Range{0.8, 1} : Range{0, 1};
}

std::string percent(double share) { return text(number(std::round(share * 10000) / 100), " %"); }

class CurvePanel : public Panel {
 public:
  float height(float) const override { return Ui::outer_height(plot_height + bottom_margin); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::curve));
    draw_switch(ui, {inner.right(), area.y + Ui::padding});
    plot_ = {inner.x + left_margin, inner.y + 6, inner.width - left_margin - right_margin, plot_height - 6};
    const Curve& curve = lab.curve();
    steps_ = {0, 100};
    for (const auto* points : {&curve.loss(), &curve.accuracy()})
      if (!points->empty()) steps_.high = std::max(steps_.high, points->back().step);
    losses_ = loss_range(curve.loss(), logarithmic_);
    accuracies_ = accuracy_range(curve.accuracy());
    draw_axes(ui, !curve.accuracy().empty());
    if (curve.empty()) {
      ui.text({plot_.x + plot_.width / 2, plot_.y + plot_.height / 2 - Ui::body}, ui.say(strings::not_trained),
              ui.theme.muted, Ui::small, Align::center);
      return;
    }
    draw_loss(ui, curve.loss());
    draw_accuracy(ui, curve.accuracy());
    if (plot_.contains(ui.mouse)) read_values(ui, curve);
  }

 private:
  ImVec2 place(double step, double height) const {
    return {plot_.x + plot_.width * static_cast<float>(steps_.share(step)),
            plot_.bottom() - plot_.height * static_cast<float>(std::clamp(height, 0.0, 1.0))};
  }

  void draw_switch(const Ui& ui, ImVec2 corner) {
    const char* name = ui.say(strings::logarithmic);
    const float width = ui.text_width(name, Ui::small);
    const Rect box{corner.x - width - 20, corner.y, 13, 13};
    const Rect all{box.x - 6, box.y - 6, width + 32, 26};
    for (const ImVec2 click : ui.clicks)
      if (all.contains(click)) logarithmic_ = !logarithmic_;
    ui.fill(box, logarithmic_ ? ui.theme.blue : ui.theme.paper, 3);
    ui.frame(box, all.contains(ui.mouse) ? ui.theme.text : ui.theme.muted, 3);
    if (logarithmic_) {
      ui.line({box.x + 3, box.y + 7}, {box.x + 5.5f, box.y + 10}, ui.theme.surface, 2);
      ui.line({box.x + 5.5f, box.y + 10}, {box.x + 10.5f, box.y + 3.5f}, ui.theme.surface, 2);
    }
    ui.text({corner.x, corner.y - 1}, name, ui.theme.muted, Ui::small, Align::right);
  }

  void draw_axes(const Ui& ui, bool with_accuracy) const {
    const float half = Ui::small / 2 + 1;
    for (const double value : loss_ticks()) {
      const float y = place(0, losses_.share(value)).y;
      ui.line({plot_.x, y}, {plot_.right(), y}, ui.theme.grid);
      ui.text({plot_.x - 6, y - half}, number(value), ui.theme.muted, Ui::small, Align::right);
    }
    if (with_accuracy)
      for (const double value : ticks(accuracies_.low, accuracies_.high, 4))
        ui.text({plot_.right() + 6, place(0, accuracies_.share(value)).y - half}, percent(value), ui.theme.muted,
                Ui::small);
    for (const double value : ticks(0, steps_.high, plot_.width > 260 ? 4 : 3))
      ui.text({place(value, 0).x, plot_.bottom() + 4}, grouped(std::llround(value)), ui.theme.muted, Ui::small,
              Align::center);
    ui.line({plot_.x, plot_.bottom()}, {plot_.right(), plot_.bottom()}, ui.theme.border);
    draw_legend(ui, with_accuracy);
  }

  std::vector<double> loss_ticks() const {
    if (!losses_.logarithmic) return ticks(losses_.low, losses_.high, 5);
    std::vector<double> at;
    for (double power = std::pow(10.0, std::floor(std::log10(losses_.low))); power <= losses_.high; power *= 10)
      for (const double digit : {1.0, 2.0, 5.0})
        if (digit * power >= losses_.low && digit * power <= losses_.high) at.push_back(digit * power);
    return at;
  }

  // What belongs to which axis, in the form in which it is drawn.
  void draw_legend(const Ui& ui, bool with_accuracy) const {
    const float y = plot_.bottom() + 22, middle = y + Ui::small / 2 + 1;
    float x = plot_.x - left_margin;
    ui.line({x, middle}, {x + 16, middle}, ui.theme.blue, 2);
    ui.text({x + 21, y}, ui.say(strings::loss), ui.theme.text, Ui::small);
    x += 21 + ui.text_width(ui.say(strings::loss), Ui::small) + 18;
    if (with_accuracy) {
      ui.list->AddCircleFilled({x + 4, middle}, 4, ui.theme.orange);
      ui.text({x + 13, y}, ui.say(strings::accuracy), ui.theme.text, Ui::small);
    }
    ui.text({plot_.right() + right_margin, y}, ui.say(strings::steps), ui.theme.muted, Ui::small, Align::right);
  }

  void draw_loss(const Ui& ui, const std::vector<Curve::Point>& loss) const {
    std::vector<ImVec2> points;
    for (const auto& point : loss) points.push_back(place(point.step, losses_.share(point.value)));
    ui.list->AddPolyline(points.data(), static_cast<int>(points.size()), ui.theme.blue, 0, 1.75f);
    if (points.size() == 1) ui.list->AddCircleFilled(points[0], 2.5f, ui.theme.blue);
  }

  void draw_accuracy(const Ui& ui, const std::vector<Curve::Point>& accuracy) const {
    ImVec2 last{};
    for (size_t i = 0; i < accuracy.size(); ++i) {
      const ImVec2 at = place(accuracy[i].step, accuracies_.share(accuracy[i].value));
      if (i > 0) ui.line(last, at, ui.theme.orange, 1.75f);
      ui.list->AddCircleFilled(at, 4, ui.theme.orange);
      last = at;
    }
  }

  void read_values(const Ui& ui, const Curve& curve) const {
    const double step = steps_.high * static_cast<double>((ui.mouse.x - plot_.x) / plot_.width);
    const auto nearest = [&](const std::vector<Curve::Point>& points) {
      return *std::ranges::min_element(points, {}, [&](const auto& point) { return std::abs(point.step - step); });
    };
    std::string lines;
    if (!curve.loss().empty()) {
      const auto point = nearest(curve.loss());
      const ImVec2 at = place(point.step, losses_.share(point.value));
      ui.line({at.x, plot_.y}, {at.x, plot_.bottom()}, ui.theme.border);
      ui.list->AddCircleFilled(at, 4, ui.theme.blue);
      lines = text(ui.say(strings::step), " ", grouped(std::llround(point.step)), ": ", ui.say(strings::loss), " ",
                   number(point.value));
    }
    if (!curve.accuracy().empty()) {
      const auto point = nearest(curve.accuracy());
      ui.list->AddCircle(place(point.step, accuracies_.share(point.value)), 7, ui.theme.orange, 0, 2);
      if (!lines.empty()) lines += '\n';
      lines += text(ui.say(strings::step), " ", grouped(std::llround(point.step)), ": ", ui.say(strings::accuracy), " ",
                    percent(point.value));
    }
    ui.tooltip(lines);
  }

  bool logarithmic_ = false;
  Rect plot_;
  Range steps_{}, losses_{}, accuracies_{};
};

}  // namespace

std::unique_ptr<Panel> make_curve_panel() { return std::make_unique<CurvePanel>(); }

}  // namespace cnnlab
