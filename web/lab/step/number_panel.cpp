#include <array>

#include "web/lab/lab.hpp"
#include "web/lab/step/panels.hpp"
#include "web/lab/step/sum_text.hpp"
#include "web/lab/step/tensor_picture.hpp"

namespace cnnlab {
namespace {

constexpr float picture_height = 112, formula_height = 96, line_height = 18;

// How the number came about that is pointed at: what it looked at, what that is multiplied with, and the sum.
class NumberPanel : public Panel {
 public:
  float height(float) const override {
    return Ui::outer_height(24 + 3 * (step::caption + picture_height + step::gap) + formula_height);
  }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    Rect inner = ui.panel(area, ui.say(strings::one_number));
    const Trace& trace = lab.trace();
    const auto pointed = trace.pointed();
    if (!pointed) return;
    const auto& [name, tensor] = trace.current()->shown[pointed->tensor];
    ui.text({inner.x, inner.y},
            text(position_text(tensor.shape(), pointed->element), "  ",
                 number(static_cast<double>(tensor.data()[static_cast<size_t>(pointed->element)]))),
            ui.theme.text);
    const auto explanation = explain(trace, *pointed);
    if (!explanation) return;
    inner.y += 24;
    inner.y = wrap(ui, inner, in_font(sum_text(trace, *explanation, ui.language))) + step::gap;
    draw_pictures(
        ui, *explanation, inner,
        static_cast<int>(static_cast<uint32_t>(trace.version()) * 65537U + static_cast<uint32_t>(pointed->element)));
  }

 private:
  void draw_pictures(const Ui& ui, const Explanation& e, Rect area, int version) {
    const std::array<std::pair<const Text*, const std::optional<Tensor>*>, 3> rows{
        {{&strings::looked_at, &e.patch},
         {&strings::times_kernel, &e.kernel},
         {&strings::gives_products, &e.products}}};
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto& [title, tensor] = rows[i];
      if (!*tensor) continue;
      const Rect below = step::title(ui, {area.x, area.y, area.width, step::caption + picture_height}, ui.say(*title));
      const Tensor& values = **tensor;
      if (const auto found = pictures_[i].show(ui, below, values, version, {}, ui.mouse))
        ui.tooltip(text(position_text(values.shape(), *found), "\n",
                        number(static_cast<double>(values.data()[static_cast<size_t>(*found)]))));
      area.y += step::caption + picture_height + step::gap;
    }
  }

  // The lab's font has no minus of its own, but the hyphen that its numbers have.
  static std::string in_font(std::string words) {
    constexpr std::string_view minus = "−";
    for (size_t at; (at = words.find(minus)) != std::string::npos;) words.replace(at, minus.size(), "-");
    return words;
  }

  // Breaks a line between words; returns where the next would begin.
  static float wrap(const Ui& ui, Rect area, std::string_view words) {
    float y = area.y;
    std::string line;
    while (!words.empty()) {
      const std::string word(words.substr(0, words.find(' ')));
      words.remove_prefix(std::min(word.size() + 1, words.size()));
      const std::string longer = line.empty() ? word : line + " " + word;
      if (!line.empty() && ui.text_width(longer, Ui::small) > area.width) {
        ui.text({area.x, y}, line, ui.theme.text, Ui::small);
        y += line_height;
        line = word;
      } else {
        line = longer;
      }
    }
    ui.text({area.x, y}, line, ui.theme.text, Ui::small);
    return y + line_height;
  }

  std::array<TensorPicture, 3> pictures_;
};

}  // namespace

std::unique_ptr<Panel> make_number_panel() { return std::make_unique<NumberPanel>(); }

}  // namespace cnnlab
