#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/step/panels.hpp"
#include "web/lab/step/paths.hpp"
#include "web/lab/step/tensor_picture.hpp"

namespace cnnlab {
namespace {

// What an op got: its inputs but for parameters, which stand beside the number that they made; on the way back the
// gradient of its output, and where that came by several ways, each of them; in the update the old value and the
// gradient.
class InPanel : public Panel {
 public:
  float height(float width) const override { return step::height_for(width, 0); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::goes_in));
    const Trace& trace = lab.trace();
    if (!trace.current()) return;
    const std::vector<Shown> all = shown(trace, *trace.current());
    pictures_.resize(std::max(pictures_.size(), all.size()));
    const auto explanation = trace.pointed() ? explain(trace, *trace.pointed()) : std::nullopt;
    for (size_t i = 0; i < all.size(); ++i) {
      const Tensor& tensor = all[i].tensor;
      const Rect below = step::title(ui, step::cell(inner, i, all.size()), all[i].title);
      TensorPicture::Marks marks;
      if (explanation) marks = marks_of(*explanation, i);
      if (const auto found = pictures_[i].show(ui, below, tensor, trace.version(), marks, ui.mouse))
        ui.tooltip(text(position_text(tensor.shape(), *found), "\n",
                        number(static_cast<double>(tensor.data()[static_cast<size_t>(*found)]))));
    }
  }

 private:
  struct Shown {
    std::string title;
    Tensor tensor;
  };

  static std::vector<Shown> shown(const Trace& trace, const Trace::Step& now) {
    std::vector<Shown> all;
    const bool forward = now.phase == Trace::Phase::forward, backward = now.phase == Trace::Phase::backward;
    for (size_t i = 0; i < now.in.size(); ++i) {
      if (forward && trace.is_parameter(trace.node(now).inputs[i])) continue;
      const auto& [name, tensor] = now.in[i];
      all.push_back({text(name, backward ? ".grad " : " ", tensor.shape()), tensor});
    }
    if (forward) return all;
    const std::vector<Path> paths = paths_to(trace, differentiated(trace, now));
    if (paths.size() > 1)
      for (const Path& path : paths)
        all.push_back({text(path.name, ": ", std::lround(100 * path.share), "%"), path.gradient});
    return all;
  }

  // Of several inputs only the one that the number came from has it.
  static TensorPicture::Marks marks_of(const Explanation& e, size_t input) {
    if (e.window && input == 0) return {.window = e.window};
    if (e.terms.size() == 1 && e.terms[0].input == input) return {.element = e.terms[0].element};
    return {};
  }

  std::vector<TensorPicture> pictures_;
};

}  // namespace

std::unique_ptr<Panel> make_in_panel() { return std::make_unique<InPanel>(); }

}  // namespace cnnlab
