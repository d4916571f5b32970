#include <algorithm>
#include <cmath>

#include "web/lab/draw/strings.hpp"
#include "web/lab/lab.hpp"
#include "web/lab/picture.hpp"

namespace cnnlab {
namespace {

constexpr float gap = 14, caption = 22;

// The network's own input large, and beside it, two by two, the stages that led to it.
float large_size(float width) { return std::min((Ui::inner_width(width) - gap) * 0.52f, 196.0f); }

// A picture of any shape in the middle of a square.
Rect centered(const Tensor& picture, Rect square) {
  const auto height = static_cast<float>(picture.size(0)), width = static_cast<float>(picture.size(1));
  const float scale = square.width / std::max(height, width);
  return {square.x + (square.width - width * scale) / 2, square.y + (square.height - height * scale) / 2, width * scale,
          height * scale};
}

class SeenPanel : public Panel {
 public:
  float height(float width) const override { return Ui::outer_height(large_size(width) + caption); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::seen));
    const auto& stages = lab.reader().stages();
    if (stages.empty()) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::nothing_drawn), ui.theme.muted, Ui::small);
      return;
    }
    pictures_.resize(stages.size() + 1);
    const float large = large_size(area.width);
    const Rect last{inner.x, inner.y, large, large};
    show(ui, pictures_.back(), stages.back().ink, lab.reader().version(), last);
    ui.text({last.x + large / 2, last.bottom() + 5}, "28 × 28", ui.theme.muted, Ui::small, Align::center);

    const float room = (inner.width - large - gap) / 2, side = std::min(room - gap / 2, large / 2 - caption / 2 - 4);
    for (size_t i = 0; i < stages.size(); ++i) {
      const Rect place{last.right() + gap + static_cast<float>(i % 2) * room + (room - side) / 2,
                       inner.y + static_cast<float>(i / 2) * (large + caption) / 2, side, side};
      show(ui, pictures_[i], stages[i].ink, lab.reader().version(), place);
      const Rect whole{place.x, place.y, side, side + caption};
      if (*stages[i].id && std::ranges::any_of(ui.clicks, [&](ImVec2 at) { return whole.contains(at); }))
        lab.say({{"type", "stage"}, {"name", stages[i].id}});
      name_stage(ui, stages[i], {place.x, place.bottom() + 3, side, Ui::small});
    }
    if (last.contains(ui.mouse)) read_pixel(ui, stages.back().ink, last);
  }

 private:
  // Light on dark in both themes: these are the numbers that the network gets.
  static void show(const Ui& ui, Picture& picture, const Tensor& ink, int version, Rect square) {
    ui.fill(square, html(0x000000));
    picture.show(ui, centered(ink, square), version, static_cast<int>(ink.size(1)), static_cast<int>(ink.size(0)),
                 [&](std::vector<ImU32>& pixels) {
                   std::ranges::transform(ink.data(), pixels.begin(), [](float value) {
                     return html(0x010101u * static_cast<uint32_t>(std::lround(value * 255)));
                   });
                 });
    ui.frame(square, ui.theme.border);
  }

  // Under its picture a stage's name; before it the box by which it is switched off, which a click on either does.
  static void name_stage(const Ui& ui, const Reader::Stage& stage, Rect line) {
    const bool can_be_off = *stage.id != '\0';
    const char* name = ui.say(stage.name);
    const float box = can_be_off ? 12 : 0, gap_after = can_be_off ? 5 : 0;
    const float left = line.x + (line.width - ui.text_width(name, Ui::small) - box - gap_after) / 2;
    const ImU32 color = stage.on ? ui.theme.muted : ui.theme.orange;
    ui.text({left + box + gap_after, line.y}, name, color, Ui::small);
    if (!can_be_off) return;
    const Rect square{left, line.y + 1, box, box};
    if (stage.on) {
      ui.fill(square, ui.theme.blue, 2);
      const ImVec2 tick[]{{left + 2.5f, square.y + 6}, {left + 5, square.y + 8.5f}, {left + 9.5f, square.y + 3.5f}};
      ui.list->AddPolyline(tick, 3, ui.theme.surface, 0, 2);
    } else {
      ui.frame(square, color, 2);
    }
  }

  static void read_pixel(const Ui& ui, const Tensor& ink, Rect place) {
    const auto pixel = [](float share) { return std::clamp(static_cast<int>(share * 28), 0, 27); };
    const int row = pixel((ui.mouse.y - place.y) / place.height), column = pixel((ui.mouse.x - place.x) / place.width);
    const float value = ink.data()[static_cast<size_t>(row * 28 + column)];
    ui.tooltip(text(ui.say(strings::row), " ", row, ", ", ui.say(strings::column), " ", column, ": ",
                    number(static_cast<double>(value))));
  }

  std::vector<Picture> pictures_;
};

}  // namespace

std::unique_ptr<Panel> make_seen_panel() { return std::make_unique<SeenPanel>(); }

}  // namespace cnnlab
