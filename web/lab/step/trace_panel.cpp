#include "web/lab/lab.hpp"
#include "web/lab/step/panels.hpp"
#include "web/lab/step/tensor_picture.hpp"

namespace cnnlab {
namespace {

constexpr float heading = 46;

class TracePanel : public Panel {
 public:
  float height(float width) const override { return step::height_for(width, heading); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    Rect inner = ui.panel(area, ui.say(strings::trace));
    const Trace& trace = lab.trace();
    const Trace::Step* now = trace.current();
    if (!now) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_trace), ui.theme.muted, Ui::small);
      return;
    }
    const std::string place = text(trace.index() + 1, " / ", trace.length());
    ui.text({area.right() - Ui::padding, area.y + Ui::padding - 1}, place, ui.theme.muted, Ui::body, Align::right);
    draw_heading(ui, trace, *now, inner);
    inner.y += heading;
    inner.height -= heading;
    pictures_.resize(std::max(pictures_.size(), now->shown.size()));
    std::optional<Trace::Pick> hovered;
    for (size_t i = 0; i < now->shown.size(); ++i) {
      const Tensor& tensor = now->shown[i].tensor;
      const Rect below = step::title(ui, step::cell(inner, i, now->shown.size()),
                                     text(now->shown[i].name, ending(now->phase), " ", tensor.shape()));
      const auto pointed = trace.pointed();
      TensorPicture::Marks marks;
      if (pointed && pointed->tensor == i) marks.element = pointed->element;
      if (const auto found = pictures_[i].show(ui, below, tensor, trace.version(), marks, ui.mouse)) {
        hovered = {i, *found};
        ui.tooltip(text(now->shown[i].name, position_text(tensor.shape(), *found), "\n",
                        number(static_cast<double>(tensor.data()[static_cast<size_t>(*found)]))));
      }
      for (const ImVec2 click : ui.clicks)
        if (const auto found = pictures_[i].find(tensor, click))
          lab.say({{"type", "picked"}, {"tensor", i}, {"element", *found}});
    }
    lab.hover(hovered);
  }

 private:
  static const char* ending(Trace::Phase phase) { return phase == Trace::Phase::backward ? ".grad" : ""; }

  static void draw_heading(const Ui& ui, const Trace& trace, const Trace::Step& now, Rect area) {
    using Phase = Trace::Phase;
    const Text& phase = now.phase == Phase::forward    ? strings::forward
                        : now.phase == Phase::backward ? strings::backward
                                                       : strings::update;
    const std::string_view op = now.phase == Phase::update ? "SGD" : trace.node(now).op;
    ui.text({area.x, area.y}, now.name, ui.theme.text);
    ui.text({area.x, area.y + 20}, text(op, " · ", ui.say(phase)),
            now.phase == Phase::forward ? ui.theme.blue : ui.theme.orange, Ui::small);
  }

  std::vector<TensorPicture> pictures_;
};

}  // namespace

std::unique_ptr<Panel> make_trace_panel() { return std::make_unique<TracePanel>(); }

}  // namespace cnnlab
