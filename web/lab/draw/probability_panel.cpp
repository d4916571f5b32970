#include <cstdio>

#include "web/lab/draw/strings.hpp"
#include "web/lab/lab.hpp"

namespace cnnlab {
namespace {

constexpr int classes = 10;
constexpr float row_height = 25, label_width = 26, number_width = 66;

std::string percent(float share) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "%.1f%%", 100.0 * static_cast<double>(share));
  return digits;
}

class ProbabilityPanel : public Panel {
 public:
  float height(float) const override { return Ui::outer_height(classes * row_height); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::probabilities));
    const auto& reading = lab.reading();
    if (!reading) {
      const Text& why = lab.has_network() ? strings::nothing_drawn : strings::no_network;
      ui.text({inner.right(), area.y + Ui::padding - 1}, ui.say(why), ui.theme.muted, Ui::small, Align::right);
    }
    for (int digit = 0; digit < classes; ++digit) {
      const Rect row{inner.x, inner.y + static_cast<float>(digit) * row_height, inner.width, row_height};
      const bool known = reading && digit < static_cast<int>(reading->probabilities.size());
      draw_row(ui, row, digit, known ? &reading->probabilities[static_cast<size_t>(digit)] : nullptr,
               known && reading->digit == digit);
    }
  }

 private:
  // The winner is marked by an arrow and a frame, not by colour alone.
  static void draw_row(const Ui& ui, Rect row, int digit, const float* share, bool winner) {
    const float middle = row.y + row.height / 2, base = middle - Ui::body / 2 - 1;
    const ImU32 color = winner ? ui.theme.text : ui.theme.muted;
    const Rect track{row.x + label_width, row.y + 4, row.width - label_width - number_width, row.height - 8};
    if (winner) {
      ui.list->AddTriangleFilled({row.x, middle - 5}, {row.x, middle + 5}, {row.x + 7, middle}, ui.theme.orange);
      ui.frame({track.x - 2, track.y - 2, track.width + 4, track.height + 4}, ui.theme.orange, 4);
    }
    ui.text({row.x + 12, base}, std::to_string(digit), color);
    ui.fill(track, ui.theme.grid, 3);
    if (!share) return;
    const float length = track.width * *share;
    if (length >= 0.5f) ui.fill({track.x, track.y, length, track.height}, winner ? ui.theme.orange : ui.theme.blue, 3);
    ui.text({row.right(), base}, percent(*share), color, Ui::body, Align::right);
  }
};

}  // namespace

std::unique_ptr<Panel> make_probability_panel() { return std::make_unique<ProbabilityPanel>(); }

}  // namespace cnnlab
