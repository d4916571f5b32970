#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/scale.hpp"
#include "web/lab/train/plot.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

constexpr float plot_height = 206, legend_row = 18;

// A layer's weights stand for it: its bias is told with them.
bool is_weight(const RunCurves::Norms& norms) { return norms.name.ends_with("weight"); }

/// How large each layer's gradient, or its weights, are over the batches: √Σx² on a logarithmic axis, from the first
/// layer (blue) to the last (orange).
class NormsPanel : public Panel {
 public:
  float height(float) const override { return Ui::outer_height(plot_height + 2 * legend_row); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const TrainBoard& board = lab.train();
    const RunCurves* run = board.runs.layers();
    const Rect inner = ui.panel(area, ui.say(board.weight_norms ? strings::weight_norms : strings::gradient_norms));
    if (!run || run->norm_steps.empty()) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_norms), ui.theme.muted, Ui::small);
      return;
    }
    collect(ui, *run, board.weight_norms);
    const Plot plot(ui, {inner.x, inner.y, inner.width, plot_height}, {0, std::max(run->norm_steps.back(), 100.0)},
                    range());
    plot.axes([](double value) { return number(value); });
    for (const Line& line : lines_) plot.line(line.points, line.color, 1);
    draw_legend(ui, {inner.x, inner.y + plot_height + 2, inner.width, 2 * legend_row});
    if (run->recorded || board.runs.all().size() > 1) {
      const std::string whose = run->name + (run->recorded ? text(" (", ui.say(strings::recorded), ")") : "");
      ui.text({inner.x, inner.y + plot_height + 2 + legend_row}, ui.shortened(whose, inner.width, Ui::small),
              ui.theme.text, Ui::small);
    }
    if (plot.has_mouse()) tell_nearest(ui, plot);
  }

 private:
  struct Line {
    const std::string* name;
    ImU32 color;
    std::vector<RunCurves::Point> points;
  };

  void collect(const Ui& ui, const RunCurves& run, bool weights) {
    lines_.clear();
    const auto count = static_cast<float>(std::ranges::count_if(run.norms, is_weight));
    for (const auto& norms : run.norms) {
      if (!is_weight(norms)) continue;
      const float depth = static_cast<float>(lines_.size()) / std::max(count - 1, 1.0f);
      Line line{.name = &norms.name, .color = mix(ui.theme.blue, ui.theme.orange, depth), .points = {}};
      const auto& values = weights ? norms.weight : norms.gradient;
      for (size_t i = 0; i < values.size(); ++i) line.points.push_back({run.norm_steps[i], values[i]});
      lines_.push_back(std::move(line));
    }
  }

  // A gradient that is exactly 0 has no place on the axis: it lies at its lower end.
  Range range() const {
    double low = 1e30, high = 0;
    for (const Line& line : lines_)
      for (const auto& point : line.points) {
        if (point.value > 0) low = std::min(low, point.value);
        high = std::max(high, point.value);
      }
    return high > 0 ? Range::around(low, high) : Range{1e-3, 1, true};
  }

  static void draw_legend(const Ui& ui, Rect area) {
    constexpr int parts = 24;
    constexpr float part = 3;
    ui.text({area.x, area.y}, ui.say(strings::first_layer), ui.theme.text, Ui::small);
    const float left = area.x + ui.text_width(ui.say(strings::first_layer), Ui::small) + 8;
    for (int i = 0; i < parts; ++i)
      ui.fill({left + part * static_cast<float>(i), area.y + 4, part, 8},
              mix(ui.theme.blue, ui.theme.orange, static_cast<float>(i) / (parts - 1)));
    ui.text({left + parts * part + 8, area.y}, ui.say(strings::last_layer), ui.theme.text, Ui::small);
  }

  void tell_nearest(const Ui& ui, const Plot& plot) const {
    const double step = plot.step_at(ui.mouse.x);
    const Line* best = nullptr;
    float distance = 1e9f;
    for (const Line& line : lines_) {
      const auto& point = nearest(line.points, step);
      const float away = std::abs(plot.place(point.step, point.value).y - ui.mouse.y);
      if (away < distance) {
        distance = away;
        best = &line;
      }
    }
    if (!best) return;
    const auto& point = nearest(best->points, step);
    plot.line(best->points, best->color, 3);
    ui.list->AddCircle(plot.place(point.step, point.value), 6, ui.theme.text, 0, 2);
    ui.tooltip(text(*best->name, "\n", ui.say(strings::batch), " ", grouped(std::llround(point.step)), ": ",
                    number(point.value)));
  }

  std::vector<Line> lines_;
};

}  // namespace

std::unique_ptr<Panel> make_norms_panel() { return std::make_unique<NormsPanel>(); }

}  // namespace cnnlab
