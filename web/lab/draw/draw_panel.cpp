#include "web/lab/draw/strings.hpp"
#include "web/lab/lab.hpp"

namespace cnnlab {
namespace {

constexpr float largest_pad = 380;
// On a phone a finger needs room beside the pad to scroll the page.
constexpr float margin = 12;

float pad_size(float panel_width) { return std::min(Ui::inner_width(panel_width) - 2 * margin, largest_pad); }

class DrawPanel : public Panel {
 public:
  float height(float width) const override { return Ui::outer_height(pad_size(width)); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    ui.panel(area, ui.say(strings::draw));
    const Rect pad = pad_area(area);
    ui.fill(pad, ui.theme.paper, 6);
    ui.list->PushClipRect({pad.x, pad.y}, {pad.right(), pad.bottom()}, true);
    for (const auto& stroke : lab.drawing().strokes())
      draw_stroke(ui, pad, stroke, static_cast<float>(lab.drawing().pen()) * pad.width);
    ui.list->PopClipRect();
    ui.frame(pad, lab.drawing().down() ? ui.theme.blue : ui.theme.border, 6);
    if (lab.drawing().empty())
      ui.text({pad.x + pad.width / 2, pad.y + pad.height / 2 - Ui::body / 2}, ui.say(strings::draw_hint),
              ui.theme.muted, Ui::body, Align::center);
  }

 private:
  // Dear ImGui's lines have no round joints; discs at the points make them.
  static void draw_stroke(const Ui& ui, Rect pad, const Stroke& stroke, float width) {
    ImVec2 last{};
    for (size_t i = 0; i < stroke.size(); ++i) {
      const ImVec2 at{pad.x + static_cast<float>(stroke[i].x) * pad.width,
                      pad.y + static_cast<float>(stroke[i].y) * pad.height};
      const ImVec2 segment[]{last, at};
      if (i > 0) ui.list->AddPolyline(segment, 2, ui.theme.ink, 0, width);
      // A little smaller than the line is wide: two smoothed edges upon each other would show as a bump.
      ui.list->AddCircleFilled(at, width / 2 - 0.3f * ui.pixel, ui.theme.ink, 48);
      last = at;
    }
  }
};

}  // namespace

Rect pad_area(Rect panel) {
  const float size = pad_size(panel.width);
  return {panel.x + (panel.width - size) / 2, panel.y + Ui::padding + Ui::title_height, size, size};
}

std::unique_ptr<Panel> make_draw_panel() { return std::make_unique<DrawPanel>(); }

}  // namespace cnnlab
