#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "web/lab/lab.hpp"
#include "web/lab/train/plot.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

using Points = std::vector<RunCurves::Point>;

constexpr float plot_height = 206, legend_row = 18;
constexpr float sign = 16, words_at = 21, apart = 17;  // of an entry in a legend

// The forms, and up to six networks.
float legend_height(float panel_width) { return legend_row * (panel_width < 460 ? 5 : 3); }

// What one panel shows of a run.
struct Quantity {
  Text title;
  Points RunCurves::*trained;
  Points RunCurves::*tested;
  bool share;  ///< a part of all, 0 … 1
};
constexpr Quantity loss{strings::loss, &RunCurves::loss, &RunCurves::test_loss, false};
constexpr Quantity accuracy{strings::accuracy, &RunCurves::accuracy, &RunCurves::test_accuracy, true};

/// A quantity over the batches: of what was trained as a line, of the test set as dots on a line; a colour a network.
/// Recorded runs have dashes and circles.
class CurvePanel : public Panel {
 public:
  explicit CurvePanel(const Quantity& quantity) : quantity_(quantity) {}

  float height(float width) const override { return Ui::outer_height(plot_height + legend_height(width)); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(quantity_.title));
    const Runs& runs = lab.train().runs;
    const auto legend = entries(ui, runs, inner.width);
    // What the legend leaves of its room is the plot's.
    const float rows = legend.back().row + 1;
    const float height = inner.height - std::min(rows * legend_row, legend_height(area.width));
    const Plot plot(ui, {inner.x, inner.y, inner.width, height}, {0, last_step(runs)},
                    values(runs, lab.train().logarithmic));
    plot.axes([&](double value) { return in_words(value); });
    draw_legend(ui, legend, {inner.x, inner.y + height + 2, inner.width, legend_height(area.width)});
    if (std::ranges::all_of(runs.all(), &RunCurves::empty)) {
      const Rect& frame = plot.area();
      ui.text({frame.x + frame.width / 2, frame.y + frame.height / 2 - Ui::body}, ui.say(strings::not_trained),
              ui.theme.muted, Ui::small, Align::center);
      return;
    }
    for (const RunCurves& run : runs.all()) {  // the current one last, over the others
      const ImU32 color = run_color(ui.theme, run.color);
      plot.line(run.*quantity_.trained, color, run.current ? 2 : 1, run.recorded);
      plot.line(run.*quantity_.tested, color, 1, run.recorded);
      plot.dots(run.*quantity_.tested, color, run.current ? 4 : 3, run.recorded);
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

  struct Entry {
    std::string words;
    ImU32 color;
    bool dashed = false, dot = false;
    float x = 0, row = 0;
  };

  // The forms, then the networks, in rows. Runs of one network have its name and colour.
  static std::vector<Entry> entries(const Ui& ui, const Runs& runs, float width) {
    std::vector<Entry> all{{ui.say(strings::training), ui.theme.muted},
                           {.words = ui.say(strings::test), .color = ui.theme.muted, .dot = true}};
    if (std::ranges::any_of(runs.all(), &RunCurves::recorded))
      all.push_back({.words = ui.say(strings::recorded), .color = ui.theme.muted, .dashed = true});
    std::map<size_t, const RunCurves*> named;  // by colour, which is the order in which they were chosen
    if (runs.all().size() > 1)
      for (const RunCurves& run : runs.all()) named.emplace(run.color, &run);
    for (const auto& [color, run] : named) all.push_back({run->name, run_color(ui.theme, color)});
    float x = 0, row = 0;
    for (Entry& entry : all) {
      entry.words = ui.shortened(entry.words, width - words_at, Ui::small);
      const float wide = words_at + ui.text_width(entry.words, Ui::small);
      if (x > 0 && x + wide > width) {
        x = 0;
        ++row;
      }
      entry.x = x;
      entry.row = row;
      x += wide + apart;
    }
    return all;
  }

  // As many rows as there is room for.
  static void draw_legend(const Ui& ui, const std::vector<Entry>& legend, Rect area) {
    for (const Entry& entry : legend) {
      const ImVec2 at{area.x + entry.x, area.y + entry.row * legend_row};
      if (at.y + legend_row > area.bottom() + 1) return;
      const float middle = at.y + Ui::small / 2 + 1;
      const std::array ends{ImVec2{at.x, middle}, ImVec2{at.x + sign, middle}};
      if (entry.dashed) {
        dashed_line(*ui.list, ends, entry.color, 2);
      } else {
        ui.line(ends[0], ends[1], entry.color, 2);
      }
      if (entry.dot) ui.list->AddCircleFilled({at.x + sign / 2, middle}, 4, entry.color);
      ui.text({at.x + words_at, at.y}, entry.words, ui.theme.text, Ui::small);
    }
  }

  void tell_values(const Ui& ui, const Plot& plot, const Runs& runs) const {
    const double step = plot.step_at(ui.mouse.x);
    std::string lines;
    for (size_t i = runs.all().size(); i-- > 0;) {
      const RunCurves& run = runs.all()[i];
      std::string told = runs.all().size() > 1 ? run.name : "";
      if (run.recorded) told += text(" (", ui.say(strings::recorded), ")");
      if (!told.empty()) told += ": ";
      const auto tell = [&](const Points& points, const Text& what) {
        if (points.empty()) return;
        const auto& point = nearest(points, step);
        told += text(ui.say(strings::batch), " ", grouped(std::llround(point.step)), ", ", ui.say(what), " ",
                     in_words(point.value), "; ");
        ui.list->AddCircle(plot.place(point.step, point.value), 6, run_color(ui.theme, run.color), 0, 2);
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
