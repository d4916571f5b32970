#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/train/plot.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

using Points = std::vector<RunCurves::Point>;

constexpr float plot_height = 206, legend_row = 18, legend_rows = 3;

// What one panel shows of a run.
struct Quantity {
  Text title;
  Points RunCurves::*trained;
  Points RunCurves::*tested;
  bool share;  ///< a part of all, 0 … 1
};
constexpr Quantity loss{strings::loss, &RunCurves::loss, &RunCurves::test_loss, false};
constexpr Quantity accuracy{strings::accuracy, &RunCurves::accuracy, &RunCurves::test_accuracy, true};

/// A quantity over the batches: of what was trained as a line, of the test set as dots on a line; a colour a run.
class CurvePanel : public Panel {
 public:
  explicit CurvePanel(const Quantity& quantity) : quantity_(quantity) {}

  float height(float) const override { return Ui::outer_height(plot_height + legend_rows * legend_row); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(quantity_.title));
    const Runs& runs = lab.train().runs;
    const Plot plot(ui, {inner.x, inner.y, inner.width, plot_height}, {0, last_step(runs)},
                    values(runs, lab.train().logarithmic));
    plot.axes([&](double value) { return in_words(value); });
    draw_legend(ui, runs, {inner.x, inner.y + plot_height + 2, inner.width, 0});
    if (std::ranges::all_of(runs.all(), &RunCurves::empty)) {
      const Rect& frame = plot.area();
      ui.text({frame.x + frame.width / 2, frame.y + frame.height / 2 - Ui::body}, ui.say(strings::not_trained),
              ui.theme.muted, Ui::small, Align::center);
      return;
    }
    for (size_t i = 0; i < runs.all().size(); ++i) {  // the current one last, over the others
      const RunCurves& run = runs.all()[i];
      const ImU32 color = run_color(ui.theme, runs.color(i));
      const bool current = runs.color(i) == 0;
      plot.line(run.*quantity_.trained, color, current ? 1.75f : 1);
      plot.line(run.*quantity_.tested, color, 1);
      plot.dots(run.*quantity_.tested, color, current ? 4 : 3);
    }
    if (plot.has_mouse()) tell_values(ui, plot, runs);
  }

 private:
  std::string in_words(double value) const { return quantity_.share ? percent(value) : number(value); }

  static double last_step(const Runs& runs) {
    double last = 100;
    for (const RunCurves& run : runs.all())
      for (const Points* points : {&run.loss, &run.test_loss})
        if (!points->empty()) last = std::max(last, points->back().step);
    return last;
  }

  Range values(const Runs& runs, bool logarithmic) const {
    double low = 1e9, high = 0;
    for (const RunCurves& run : runs.all())
      for (const Points* points : {&(run.*quantity_.trained), &(run.*quantity_.tested)})
        for (const auto& point : *points) {
          low = std::min(low, point.value);
          high = std::max(high, point.value);
        }
    if (quantity_.share)
      return low >= 0.95 && low <= 1 ? Range{0.94, 1} : low >= 0.85 && low <= 1 ? Range{0.8, 1} : Range{0, 1};
    if (high == 0) return {0, 2.5};
    return logarithmic ? Range::around(low, high) : Range{0, std::max(high * 1.05, 0.1)};
  }

  // The forms, then the runs' names, in as many rows as there is room for.
  static void draw_legend(const Ui& ui, const Runs& runs, Rect area) {
    float x = area.x;
    float y = area.y;
    const auto entry = [&](const std::string& words, ImU32 color, bool dot) {
      const float width = 26 + ui.text_width(words, Ui::small);
      if (x > area.x && x + width > area.right()) {
        x = area.x;
        y += legend_row;
      }
      if (y > area.y + (legend_rows - 1) * legend_row) return;
      const float middle = y + Ui::small / 2 + 1;
      ui.line({x, middle}, {x + 16, middle}, color, 2);
      if (dot) ui.list->AddCircleFilled({x + 8, middle}, 4, color);
      ui.text({x + 21, y}, words, ui.theme.text, Ui::small);
      x += width + 12;
    };
    entry(ui.say(strings::training), ui.theme.muted, false);
    entry(ui.say(strings::test), ui.theme.muted, true);
    if (runs.all().size() < 2) return;
    for (size_t i = runs.all().size(); i-- > 0;) entry(runs.all()[i].name, run_color(ui.theme, runs.color(i)), false);
  }

  void tell_values(const Ui& ui, const Plot& plot, const Runs& runs) const {
    const double step = plot.step_at(ui.mouse.x);
    std::string lines;
    for (size_t i = runs.all().size(); i-- > 0;) {
      const RunCurves& run = runs.all()[i];
      std::string told = runs.all().size() > 1 ? run.name + ": " : "";
      const auto tell = [&](const Points& points, const Text& what) {
        if (points.empty()) return;
        const auto& point = nearest(points, step);
        told += text(ui.say(strings::batch), " ", grouped(std::llround(point.step)), ", ", ui.say(what), " ",
                     in_words(point.value), "; ");
        ui.list->AddCircle(plot.place(point.step, point.value), 6, run_color(ui.theme, runs.color(i)), 0, 2);
      };
      tell(run.*quantity_.trained, strings::training);
      tell(run.*quantity_.tested, strings::test);
      if (run.empty()) continue;
      told.resize(told.size() - 2);
      lines += (lines.empty() ? "" : "\n") + told;
    }
    plot.mark(step);
    ui.tooltip(lines);
  }

  const Quantity& quantity_;
};

}  // namespace

std::unique_ptr<Panel> make_loss_panel() { return std::make_unique<CurvePanel>(loss); }
std::unique_ptr<Panel> make_accuracy_panel() { return std::make_unique<CurvePanel>(accuracy); }

}  // namespace cnnlab
