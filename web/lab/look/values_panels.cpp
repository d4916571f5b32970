#include <algorithm>

#include "web/lab/lab.hpp"
#include "web/lab/look/strings.hpp"
#include "web/lab/look/tensor_view.hpp"

// What the chosen part gave out, the weights that it used, and how often each value came.
namespace cnnlab {
namespace {

constexpr float caption = 20;

// A tensor under its name and shape. Rows of a matrix and long vectors are folded into pictures too.
class ValuesPanel : public Panel {
 public:
  float height(float width) const override {
    return Ui::outer_height(caption + std::clamp(Ui::inner_width(width), 260.0f, 640.0f));
  }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::maps));
    const Tensor* values = lab.look().output();
    if (!values) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_choice), ui.theme.muted, Ui::small);
      return;
    }
    ui.text({inner.x, inner.y - 2}, text(lab.look().chosen()->id, "  ", values->shape()), ui.theme.text, Ui::small);
    const bool maps = values->shape().rank() == 4 && values->size(2) * values->size(3) > 1;
    view_.show(ui, {inner.x, inner.y + caption, inner.width, inner.height - caption}, *values, lab.look().version(),
               [&](const TensorPlace& place) {
                 if (!maps) return text(ui.say(strings::channel), " ", place.index);
                 return text(ui.say(strings::channel), " ", place.tile, ", ", ui.say(strings::row), " ", place.row,
                             ", ", ui.say(strings::column), " ", place.column);
               });
  }

 private:
  TensorView view_;
};

class WeightsPanel : public Panel {
 public:
  float height(float width) const override {
    return Ui::outer_height(caption + std::clamp(Ui::inner_width(width) * 0.75f, 220.0f, 420.0f));
  }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::filters));
    const Tensor* weight = lab.look().weight();
    if (!weight) {
      const Text& why = lab.look().chosen() ? strings::no_filters : strings::no_choice;
      ui.text({inner.x, inner.y + 4}, ui.say(why), ui.theme.muted, Ui::small);
      return;
    }
    ui.text({inner.x, inner.y - 2}, text(lab.look().chosen()->id, ".weight  ", weight->shape()), ui.theme.text,
            Ui::small);
    view_.show(ui, {inner.x, inner.y + caption, inner.width, inner.height - caption}, *weight, lab.look().version(),
               [&](const TensorPlace& place) { return name(ui, weight->shape(), place.index); });
  }

 private:
  // (O, I, K, K) or (O, I)
  static std::string name(const Ui& ui, const Shape& shape, int64_t index) {
    const int64_t side = shape.rank() == 4 ? shape[2] * shape[3] : 1;
    std::string words = text(ui.say(strings::filter), " ", index / (shape[1] * side), ", ", ui.say(strings::channel),
                             " ", index / side % shape[1]);
    if (side > 1)
      words += text(", ", ui.say(strings::row), " ", index % side / shape[3], ", ", ui.say(strings::column), " ",
                    index % shape[3]);
    return words;
  }

  TensorView view_;
};

class HistogramPanel : public Panel {
 public:
  float height(float) const override { return Ui::outer_height(plot + 22); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::histogram));
    const Tensor* values = lab.look().output();
    if (!values) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_choice), ui.theme.muted, Ui::small);
      return;
    }
    if (version_ != lab.look().version()) statistics_ = statistics(values->data());
    version_ = lab.look().version();
    draw_bars(ui, {inner.x, inner.y, inner.width, plot});
    const float below = inner.y + plot + 4;
    ui.text({inner.x, below}, number(static_cast<double>(statistics_.minimum)), ui.theme.muted, Ui::small);
    ui.text({inner.right(), below}, number(static_cast<double>(statistics_.maximum)), ui.theme.muted, Ui::small,
            Align::right);
  }

 private:
  static constexpr float plot = 120;

  void draw_bars(const Ui& ui, Rect area) const {
    const auto& bars = statistics_.histogram;
    const auto most = static_cast<float>(std::max<int64_t>(std::ranges::max(bars), 1));
    const float width = area.width / static_cast<float>(bars.size());
    const double least = static_cast<double>(statistics_.minimum),
                 step = (static_cast<double>(statistics_.maximum) - least) / static_cast<double>(bars.size());
    ui.line({area.x, area.bottom()}, {area.right(), area.bottom()}, ui.theme.border);
    for (size_t i = 0; i < bars.size(); ++i) {
      const float left = area.x + width * static_cast<float>(i);
      float height = area.height * static_cast<float>(bars[i]) / most;
      if (bars[i] > 0) height = std::max(height, 1.0f);
      const bool under = Rect{left, area.y, width, area.height}.contains(ui.mouse);
      const double from = least + step * static_cast<double>(i);
      ui.fill({left + 0.5f, area.bottom() - height, width - 1, height}, under              ? ui.theme.text
                                                                        : from + step <= 0 ? ui.theme.blue
                                                                                           : ui.theme.orange);
      if (under)
        ui.tooltip(
            text(number(from), " … ", number(from + step), "\n", grouped(bars[i]), " ", ui.say(strings::values)));
    }
  }

  Statistics statistics_;
  int version_ = -1;
};

}  // namespace

std::unique_ptr<Panel> make_values_panel() { return std::make_unique<ValuesPanel>(); }
std::unique_ptr<Panel> make_weights_panel() { return std::make_unique<WeightsPanel>(); }
std::unique_ptr<Panel> make_histogram_panel() { return std::make_unique<HistogramPanel>(); }

}  // namespace cnnlab
