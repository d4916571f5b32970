#include <algorithm>
#include <cmath>

#include "web/lab/lab.hpp"
#include "web/lab/scale.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

constexpr float label_width = 34, heading = 34, most = 400;

float grid_size(float width) { return std::min(Ui::inner_width(width) - label_width, most); }

/// The confusion matrix: a row for each class, a column for each answer. Right answers are blue, wrong ones orange. A
/// click on a cell tells the page which images are wanted.
class ConfusionPanel : public Panel {
 public:
  float height(float width) const override { return Ui::outer_height(heading + grid_size(width)); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::confusion));
    const Confusion& confusion = lab.train().confusion;
    const size_t classes = confusion.counts.size();
    if (classes == 0) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_confusion), ui.theme.muted, Ui::small);
      return;
    }
    const float size = grid_size(area.width), cell = size / static_cast<float>(classes);
    const Rect grid{inner.x + label_width, inner.y + heading, size, size};
    ui.text({grid.x + size / 2, inner.y - 2}, ui.say(strings::read_as), ui.theme.muted, Ui::small, Align::center);
    ui.text({inner.x, grid.y - 17}, ui.say(strings::was), ui.theme.muted, Ui::small);
    for (size_t i = 0; i < classes; ++i) {
      const float along = (static_cast<float>(i) + 0.5f) * cell;
      ui.text({grid.x + along, grid.y - 17}, std::to_string(i), ui.theme.muted, Ui::small, Align::center);
      ui.text({grid.x - 8, grid.y + along - Ui::small / 2 - 1}, std::to_string(i), ui.theme.muted, Ui::small,
              Align::right);
    }
    for (size_t label = 0; label < classes; ++label)
      for (size_t answer = 0; answer < classes; ++answer)
        draw_cell(ui, lab, label, answer,
                  {grid.x + static_cast<float>(answer) * cell, grid.y + static_cast<float>(label) * cell, cell, cell});
  }

 private:
  static void draw_cell(const Ui& ui, Lab& lab, size_t label, size_t answer, Rect place) {
    const Confusion& confusion = lab.train().confusion;
    const int count = confusion.counts[label][answer], total = confusion.total(label);
    const bool right = label == answer;
    const float share = total ? static_cast<float>(count) / static_cast<float>(total) : 0;
    // Mistakes are few: the square root, as in all scales here, and a tenth of the row is the strongest colour.
    const float strength = right ? share * 0.8f : std::sqrt(std::min(share * 10, 1.0f)) * 0.8f;
    const ImU32 ground = mix(ui.theme.zero, right ? ui.theme.blue : ui.theme.orange, strength);
    ui.fill(place.inset(0.5f), ground, 2);
    const bool chosen =
        confusion.chosen_label == static_cast<int>(label) && confusion.chosen_answer == static_cast<int>(answer);
    const bool under = place.contains(ui.mouse);
    if (chosen || under)
      ui.list->AddRect({place.x, place.y}, {place.right(), place.bottom()}, ui.theme.text, 2, 0, chosen ? 2.5f : 1.5f);
    if (count > 0) {
      const std::string words = std::to_string(count);
      const float size =
          std::min({Ui::small, place.width * 0.5f, Ui::small * place.width * 0.9f / ui.text_width(words, Ui::small)});
      ui.text({place.x + place.width / 2, place.y + (place.height - size) / 2 - 1}, words,
              strength > 0.45f ? ui.theme.background : ui.theme.text, size, Align::center);
    }
    if (under)
      ui.tooltip(text(ui.say(strings::was), " ", label, ", ", ui.say(strings::read_as), " ", answer, ": ", count, " / ",
                      total));
    for (const ImVec2 click : ui.clicks)
      if (place.contains(click)) lab.say({{"type", "confusion"}, {"label", label}, {"answer", answer}});
  }
};

}  // namespace

std::unique_ptr<Panel> make_confusion_panel() { return std::make_unique<ConfusionPanel>(); }

}  // namespace cnnlab
