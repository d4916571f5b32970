#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/look/strings.hpp"
#include "web/lab/look/tensor_view.hpp"
#include "web/lab/scale.hpp"

namespace cnnlab {
namespace {

class PixelsPanel : public Panel {
 public:
  float height(float width) const override { return Ui::outer_height(side(width) + TensorView::legend_height); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::pixels));
    const Look& look = lab.look();
    const Tensor* map = look.attribution();
    if (!map) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_run), ui.theme.muted, Ui::small);
      return;
    }
    const int height = static_cast<int>(map->size(0)), width = static_cast<int>(map->size(1));
    const float texel = std::floor(side(area.width) / static_cast<float>(std::max(height, width)));
    const Rect place{inner.x, inner.y, texel * static_cast<float>(width), texel * static_cast<float>(height)};
    ColourRange range = ColourRange::of(*map);
    range.diverging = true;
    picture_.show(ui, place, look.version(), width, height,
                  [&](std::vector<ImU32>& pixels) { paint(ui.theme, *map, range.limit, pixels); });
    outline(ui, look.image(), place, texel);
    ui.frame(place, ui.theme.border);
    TensorView::legend(ui, {place.x, place.bottom() + 6}, std::min(inner.width, 240.0f), range);
    if (look.progress() < 1) {
      const std::string share = text(std::lround(100 * look.progress()), "%");
      ui.text({inner.right(), area.y + Ui::padding - 1}, share, ui.theme.muted, Ui::body, Align::right);
    }
    read(ui, look, *map, place, texel);
  }

 private:
  static float side(float width) { return std::clamp(Ui::inner_width(width), 224.0f, 392.0f); }

  static void paint(const Theme& theme, const Tensor& map, float limit, std::vector<ImU32>& pixels) {
    std::ranges::transform(map.data(), pixels.begin(), [&](float value) { return diverging(theme, value, limit); });
  }

  // The digit's edge, where its ink passes one half: so that one sees the colours of what lies inside and outside.
  static void outline(const Ui& ui, const Tensor& image, Rect place, float texel) {
    const int64_t height = image.size(2), width = image.size(3);
    const auto ink = [&](int64_t y, int64_t x) {
      return y >= 0 && x >= 0 && y < height && x < width && image.data()[static_cast<size_t>(y * width + x)] > 0.5f;
    };
    const auto at = [&](int64_t y, int64_t x) {
      return ImVec2{place.x + static_cast<float>(x) * texel, place.y + static_cast<float>(y) * texel};
    };
    for (int64_t y = 0; y <= height; ++y)
      for (int64_t x = 0; x <= width; ++x) {
        if (ink(y, x) != ink(y - 1, x)) ui.line(at(y, x), at(y, x + 1), ui.theme.text, 1.5f);
        if (ink(y, x) != ink(y, x - 1)) ui.line(at(y, x), at(y + 1, x), ui.theme.text, 1.5f);
      }
  }

  static void read(const Ui& ui, const Look& look, const Tensor& map, Rect place, float texel) {
    if (!place.contains(ui.mouse)) return;
    const int64_t row = std::min(static_cast<int64_t>((ui.mouse.y - place.y) / texel), map.size(0) - 1),
                  column = std::min(static_cast<int64_t>((ui.mouse.x - place.x) / texel), map.size(1) - 1);
    const auto at = static_cast<size_t>(row * map.size(1) + column);
    const double value = static_cast<double>(map.data()[at]);
    std::string words = text(ui.say(strings::row), " ", row, ", ", ui.say(strings::column), " ", column, ", ",
                             ui.say(strings::pixel_value), " ", number(static_cast<double>(look.image().data()[at])),
                             "\n", value > 0 ? "+" : "", number(value));
    if (look.method() == Look::Method::occlusion) {
      const double whole = static_cast<double>(look.odds());
      const auto percent = [](double odds) { return text(number(std::round(1e4 / (1 + std::exp(-odds))) / 100), "%"); };
      words += text("\n", percent(whole), " → ", percent(whole - value));
    }
    ui.tooltip(words);
  }

  Picture picture_;
};

}  // namespace

std::unique_ptr<Panel> make_pixels_panel() { return std::make_unique<PixelsPanel>(); }

}  // namespace cnnlab
