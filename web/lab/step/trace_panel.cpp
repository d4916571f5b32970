#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/picture.hpp"
#include "web/lab/scale.hpp"
#include "web/lab/step/strings.hpp"
#include "web/lab/tiles.hpp"

namespace cnnlab {
namespace {

constexpr float heading = 46, caption = 18, legend = 24, gap = 14;
constexpr int64_t most_bars = 24;

float largest(const Tensor& tensor) {
  float most = 0;
  for (const float value : tensor.data())
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most;
}

bool is_vector(const Shape& shape) {
  return shape.numel() <= most_bars && (shape.rank() == 1 || (shape.rank() == 2 && shape[0] == 1));
}

class TracePanel : public Panel {
 public:
  float height(float width) const override {
    return Ui::outer_height(heading + std::clamp(Ui::inner_width(width), 280.0f, 420.0f));
  }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    Rect inner = ui.panel(area, ui.say(strings::trace));
    const Trace& trace = lab.trace();
    const Trace::Step* step = trace.current();
    if (!step) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_trace), ui.theme.muted, Ui::small);
      return;
    }
    const std::string place = text(trace.index() + 1, " / ", trace.length());
    ui.text({area.right() - Ui::padding, area.y + Ui::padding - 1}, place, ui.theme.muted, Ui::body, Align::right);
    draw_heading(ui, trace, *step, inner);
    inner.y += heading;
    inner.height -= heading;
    pictures_.resize(std::max(pictures_.size(), step->shown.size()));
    for (size_t i = 0; i < step->shown.size(); ++i)
      draw_tensor(ui, trace, step->shown[i], cell(inner, i, step->shown.size()), i);
  }

 private:
  static void draw_heading(const Ui& ui, const Trace& trace, const Trace::Step& step, Rect area) {
    const Node<float>& node = trace.node(step);
    ui.text({area.x, area.y}, trace.name(step.record), ui.theme.text);
    ui.text({area.x, area.y + 20}, text(node.op, " · ", ui.say(step.backward ? strings::backward : strings::forward)),
            step.backward ? ui.theme.orange : ui.theme.blue, Ui::small);
  }

  // One tensor has all the room; of three, the first has the upper row; else two stand side by side.
  static Rect cell(Rect area, size_t index, size_t count) {
    if (count == 1) return area;
    const bool odd = count % 2 == 1;
    const size_t rows = (count + 1) / 2, place = odd && index > 0 ? index + 1 : index;
    const bool whole_row = odd && index == 0;
    const float width = whole_row ? area.width : (area.width - gap) / 2;
    const float height = (area.height - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
    return {area.x + static_cast<float>(place % 2) * (width + gap),
            area.y + static_cast<float>(place / 2) * (height + gap), width, height};
  }

  void draw_tensor(const Ui& ui, const Trace& trace, const Trace::Shown& shown, Rect area, size_t index) {
    const bool gradient = trace.current()->backward;
    std::string title = text(shown.name, gradient ? ".grad" : "", " ", shown.tensor.shape());
    // The end of a long name says most: "weight.grad".
    for (size_t dot; ui.text_width(title, Ui::small) > area.width && (dot = title.find('.')) != std::string::npos;)
      title.erase(0, dot + 1);
    ui.text({area.x, area.y}, title, ui.theme.muted, Ui::small);
    const Rect below{area.x, area.y + caption, area.width, area.height - caption};
    if (shown.tensor.numel() == 1) {
      ui.text({below.x, below.y + 4}, number(static_cast<double>(shown.tensor.item())), ui.theme.text, Ui::large);
    } else if (is_vector(shown.tensor.shape())) {
      draw_bars(ui, shown.tensor, below);
    } else {
      draw_tiles(ui, trace, shown.tensor, below, pictures_[index]);
    }
  }

  static void draw_bars(const Ui& ui, const Tensor& tensor, Rect area) {
    const auto values = tensor.data();
    const float row = std::min(area.height / static_cast<float>(values.size()), 25.0f), limit = largest(tensor);
    const bool numbers = row >= 12;
    const float size = std::min(Ui::small, row), label = numbers ? 24 : 0, value_width = numbers ? 62 : 0;
    const float middle = area.x + label + (area.width - label - value_width) / 2;
    const float half = (area.width - label - value_width) / 2;
    for (size_t i = 0; i < values.size(); ++i) {
      const float top = area.y + static_cast<float>(i) * row;
      const float length = limit > 0 && std::isfinite(values[i]) ? half * values[i] / limit : 0;
      const Rect bar{std::min(middle, middle + length), top + row * 0.12f, std::abs(length), row * 0.76f};
      ui.fill(bar, values[i] < 0 ? ui.theme.blue : ui.theme.orange);
      if (numbers) {
        ui.text({area.x, top + (row - size) / 2}, std::to_string(i), ui.theme.muted, size);
        ui.text({area.right(), top + (row - size) / 2}, number(static_cast<double>(values[i])), ui.theme.text, size,
                Align::right);
      }
      const Rect whole{area.x, top, area.width, row};
      if (whole.contains(ui.mouse)) ui.tooltip(text(i, ": ", number(static_cast<double>(values[i]))));
    }
    ui.line({middle, area.y}, {middle, area.y + row * static_cast<float>(values.size())}, ui.theme.border);
  }

  void draw_tiles(const Ui& ui, const Trace& trace, const Tensor& tensor, Rect area, Picture& picture) const {
    Tiles tiles = Tiles::of(tensor.shape());
    float texel = tiles.fit(area.width, area.height - legend);
    // Whole device pixels, so that all texels are equally large; unless there are more texels than pixels.
    if (texel >= ui.pixel) texel = std::floor(texel / ui.pixel) * ui.pixel;
    const Rect place{area.x, area.y, static_cast<float>(tiles.texel_width()) * texel,
                     static_cast<float>(tiles.texel_height()) * texel};
    const float limit = largest(tensor);
    picture.show(ui, place, trace.version(), static_cast<int>(tiles.texel_width()),
                 static_cast<int>(tiles.texel_height()),
                 [&](std::vector<ImU32>& pixels) { paint(ui.theme, tensor, tiles, limit, pixels); });
    draw_legend(ui, {place.x, place.bottom() + 6}, std::min(area.width, 190.0f), limit);
    read_value(ui, tensor, tiles, texel, place);
  }

  static void paint(const Theme& theme, const Tensor& tensor, const Tiles& tiles, float limit,
                    std::vector<ImU32>& pixels) {
    const int64_t width = tiles.texel_width(), above = (tiles.rows() - 1) * (tiles.height + 1);
    const int64_t used = (tiles.count - (tiles.rows() - 1) * tiles.columns) * (tiles.width + 1) - 1;
    std::ranges::fill(pixels, theme.border);
    for (int64_t y = above; y < tiles.texel_height(); ++y)
      std::fill(pixels.begin() + (y * width + used), pixels.begin() + (y + 1) * width, theme.surface);
    const auto values = tensor.data();
    for (int64_t tile = 0; tile < tiles.count; ++tile) {
      const int64_t left = tile % tiles.columns * (tiles.width + 1), top = tile / tiles.columns * (tiles.height + 1);
      for (int64_t y = 0; y < tiles.height; ++y)
        for (int64_t x = 0; x < tiles.width; ++x) {
          const auto at = tiles.index(tile, y, x, static_cast<int64_t>(values.size()));
          if (at >= 0)
            pixels[static_cast<size_t>((top + y) * width + left + x)] =
                diverging(theme, values[static_cast<size_t>(at)], limit);
        }
    }
  }

  // The scale as a strip, with its ends and its middle in numbers.
  static void draw_legend(const Ui& ui, ImVec2 at, float width, float limit) {
    const std::string low = number(-static_cast<double>(limit)), high = number(static_cast<double>(limit));
    const float left = at.x + ui.text_width(low, Ui::small) + 6;
    const float strip = width - (left - at.x) - ui.text_width(high, Ui::small) - 6;
    if (strip < 20) return;
    constexpr int parts = 40;
    for (int i = 0; i < parts; ++i) {
      const float share = (static_cast<float>(i) + 0.5f) / parts * 2 - 1;
      const float from = strip * static_cast<float>(i) / parts;
      ui.fill({left + from, at.y + 2, std::min(strip / parts + ui.pixel, strip - from), 10},
              diverging(ui.theme, share, 1));
    }
    ui.frame({left, at.y + 2, strip, 10}, ui.theme.border);
    ui.text(at, low, ui.theme.muted, Ui::small);
    ui.text({left + strip + 6, at.y}, high, ui.theme.muted, Ui::small);
  }

  static void read_value(const Ui& ui, const Tensor& tensor, const Tiles& tiles, float texel, Rect place) {
    if (!place.contains(ui.mouse)) return;
    const auto x = static_cast<int64_t>((ui.mouse.x - place.x) / texel),
               y = static_cast<int64_t>((ui.mouse.y - place.y) / texel);
    const int64_t tile = y / (tiles.height + 1) * tiles.columns + x / (tiles.width + 1);
    const int64_t row = y % (tiles.height + 1), column = x % (tiles.width + 1);
    if (tile >= tiles.count || row >= tiles.height || column >= tiles.width) return;
    const int64_t at = tiles.index(tile, row, column, tensor.numel());
    if (at < 0) return;
    ui.tooltip(text(ui.say(strings::at), " ", position(tensor.shape(), at), "\n",
                    number(static_cast<double>(tensor.data()[static_cast<size_t>(at)]))));
  }

  // An element's place in a tensor, as one would index it: "[0, 3, 11, 7]".
  static std::string position(const Shape& shape, int64_t index) {
    std::string place = "]";
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      place = std::to_string(index % shape[axis]) + (axis == shape.rank() - 1 ? "" : ", ") + place;
      index /= shape[axis];
    }
    return "[" + place;
  }

  std::vector<Picture> pictures_;
};

}  // namespace

std::unique_ptr<Panel> make_trace_panel() { return std::make_unique<TracePanel>(); }

}  // namespace cnnlab
