#include <algorithm>
#include <cctype>

#include "web/lab/lab.hpp"
#include "web/lab/look/layout.hpp"
#include "web/lab/look/strings.hpp"

namespace cnnlab {
namespace {

using Part = Diagram::Part;

// "24×12×12": of one image.
std::string size_words(const Shape& shape) {
  std::string words;
  for (const int64_t size : shape.sizes().subspan(std::min(1, shape.rank())))
    words += text(words.empty() ? "" : "×", size);
  return words.empty() ? "1" : words;
}

// The end of a name says most. It is cut where a word or a number begins, if that leaves enough: "branch3x3_2" becomes
// "…3x3_2".
std::string shortened(const Ui& ui, const std::string& name, float width, float size) {
  if (ui.text_width(name, size) <= width) return name;
  const auto begins = [&](size_t at) {
    const auto is = [&](size_t i, int (*kind)(int)) { return kind(static_cast<unsigned char>(name[i])) != 0; };
    return name[at - 1] == '_' || (is(at, std::isdigit) && is(at - 1, std::isalpha));
  };
  size_t least = 1;
  while (least + 1 < name.size() && ui.text_width("…" + name.substr(least), size) > width) ++least;
  for (size_t at = least; at + 3 <= name.size(); ++at)
    if (begins(at)) return "…" + name.substr(at);
  return "…" + name.substr(least);
}

class DiagramPanel : public Panel {
 public:
  explicit DiagramPanel(const Look& look) : look_(look) {}

  float height(float width) const override {
    const DiagramLayout layout = lay_out(look_.diagram(), look_.opened(), Ui::inner_width(width));
    return Ui::outer_height(std::max(layout.height, 120.0f));
  }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::network));
    if (look_.diagram().parts().empty()) {
      ui.text({inner.x, inner.y + 4}, ui.say(strings::no_run), ui.theme.muted, Ui::small);
      return;
    }
    const DiagramLayout layout = lay_out(look_.diagram(), look_.opened(), inner.width);
    const auto moved = [&](Rect box) { return Rect{box.x + inner.x, box.y + inner.y, box.width, box.height}; };
    for (const auto& box : layout.boxes) draw_box(ui, lab, moved(box.area), box);
    for (const auto& wire : layout.wires) draw_wire(ui, wire, {inner.x, inner.y});
    for (const auto& label : layout.labels) draw_label(ui, label, {inner.x, inner.y});
    respond(ui, lab, layout, moved);
  }

 private:
  const Part& part(int index) const { return look_.diagram().parts()[static_cast<size_t>(index)]; }

  void draw_box(const Ui& ui, const Lab& lab, Rect area, const DiagramLayout::Box& box) const {
    if (box.part < 0) {
      ui.frame(area, ui.theme.border, 15);
      ui.text({area.x + area.width / 2, area.y + 6}, ui.say(strings::image), ui.theme.text, Ui::small, Align::center);
      return;
    }
    const Part& shown = part(box.part);
    const Part* chosen = look_.chosen();
    const bool is_chosen = chosen && chosen->id == shown.id;
    ui.fill(area, box.open || !shown.module ? ui.theme.surface : ui.theme.grid, 6);
    ui.frame(area, ui.theme.border, 6);
    if (is_chosen) ui.list->AddRect({area.x, area.y}, {area.right(), area.bottom()}, ui.theme.blue, 6, 0, 3);
    if (box.open)
      ui.line({area.x, area.y + DiagramLayout::title}, {area.right(), area.y + DiagramLayout::title}, ui.theme.border);
    draw_words(ui, area, box, shown, is_chosen);
    if (shown.module && shown.path == shown.id.substr(0, shown.path.size())) draw_cut(ui, lab, area, shown);
  }

  static void draw_words(const Ui& ui, Rect area, const DiagramLayout::Box& box, const Part& shown, bool chosen) {
    float left = area.x + 8;
    if (!shown.children.empty()) {
      const ImVec2 middle{area.x + DiagramLayout::handle / 2, area.y + DiagramLayout::title / 2};
      if (box.open) {
        ui.list->AddTriangleFilled({middle.x - 6, middle.y - 3}, {middle.x + 6, middle.y - 3}, {middle.x, middle.y + 5},
                                   ui.theme.text);
      } else {
        ui.list->AddTriangleFilled({middle.x - 3, middle.y - 6}, {middle.x - 3, middle.y + 6}, {middle.x + 5, middle.y},
                                   ui.theme.text);
      }
      left = area.x + DiagramLayout::handle;
    }
    const float width = area.right() - left - 6;
    const ImU32 color = chosen ? ui.theme.blue : ui.theme.text;
    if (!shown.module) {
      ui.text({left, area.y + 6}, shortened(ui, shown.name, width, Ui::small), color, Ui::small);
      return;
    }
    const float size = width < 100 ? Ui::small : Ui::body;
    ui.text({left, area.y + 5}, shortened(ui, shown.name, width, size), color, size);
    ui.text({left, area.y + 24},
            shortened(ui, shown.op.empty() ? text(shown.children.size(), ui.say(strings::parts)) : shown.op, width,
                      Ui::small),
            ui.theme.muted, Ui::small);
  }

  // A part that was changed is crossed by a line and says how: not by colour alone.
  static void draw_cut(const Ui& ui, const Lab& lab, Rect area, const Part& shown) {
    const auto cut = lab.cuts().find(shown.path);
    if (cut == lab.cuts().end()) return;
    const Text& word = cut->second == nn::Cut::off     ? strings::changed_off
                       : cut->second == nn::Cut::fresh ? strings::changed_fresh
                                                       : strings::changed_pass;
    const float width = ui.text_width(ui.say(word), Ui::small) + 8;
    const Rect sign{area.right() - width - 3, area.y + 23, width, 18};
    ui.frame(area, ui.theme.orange, 6);
    if (cut->second == nn::Cut::off)
      ui.line({area.x, area.y + DiagramLayout::title}, {area.right(), area.y}, ui.theme.orange, 2);
    ui.fill(sign, ui.theme.background, 4);
    ui.frame(sign, ui.theme.orange, 4);
    ui.text({sign.x + width / 2, sign.y + 1}, ui.say(word), ui.theme.orange, Ui::small, Align::center);
  }

  static void draw_wire(const Ui& ui, const DiagramLayout::Wire& wire, ImVec2 offset) {
    const auto at = [&](ImVec2 point) { return ImVec2{point.x + offset.x, point.y + offset.y}; };
    for (size_t i = 0; i + 1 < wire.points.size(); ++i)
      ui.line(at(wire.points[i]), at(wire.points[i + 1]), ui.theme.muted, 1.5f);
    const ImVec2 tip = at(wire.points.back());
    ui.list->AddTriangleFilled({tip.x - 4, tip.y - 5}, {tip.x + 4, tip.y - 5}, tip, ui.theme.muted);
  }

  void draw_label(const Ui& ui, const DiagramLayout::Label& label, ImVec2 offset) const {
    const Shape& shape = label.part < 0 ? look_.image().shape() : part(label.part).output;
    const std::string words = size_words(shape);
    const float width = ui.text_width(words, Ui::small) + 4, middle = label.at.x + offset.x,
                top = label.at.y + offset.y;
    ui.fill({middle - width / 2, top, width, 16}, ui.theme.surface);
    ui.text({middle, top}, words, ui.theme.muted, Ui::small, Align::center);
  }

  // The innermost box under the pointer: boxes that hold come first.
  template <class Moved>
  void respond(const Ui& ui, Lab& lab, const DiagramLayout& layout, const Moved& moved) const {
    const auto under = [&](ImVec2 at) {
      const DiagramLayout::Box* found = nullptr;
      for (const auto& box : layout.boxes)
        if (moved(box.area).contains(at)) found = &box;
      return found;
    };
    for (const ImVec2 click : ui.clicks) {
      const auto* box = under(click);
      if (!box || box->part < 0) continue;
      const Part& hit = part(box->part);
      const Rect place = moved(box->area);
      const bool title = click.y < place.y + DiagramLayout::title;
      if (!hit.children.empty() && title && click.x < place.x + DiagramLayout::handle) {
        lab.say({{"type", "open"}, {"id", hit.id}, {"open", !box->open}});
      } else if (title || !box->open) {
        lab.say({{"type", "layer"}, {"id", hit.id}});
      }
    }
    const auto* box = under(ui.mouse);
    if (!box || box->part < 0 || (box->open && ui.mouse.y > moved(box->area).y + DiagramLayout::title)) return;
    const Part& hit = part(box->part);
    ui.tooltip(text(hit.id, hit.op.empty() ? "" : ": " + hit.op, "\n", hit.output, "\n", grouped(hit.parameters), " ",
                    ui.say(strings::parameters), "\n", grouped(hit.multiply_adds), " ",
                    ui.say(strings::multiply_adds)));
  }

  const Look& look_;
};

}  // namespace

std::unique_ptr<Panel> make_diagram_panel(const Look& look) { return std::make_unique<DiagramPanel>(look); }

}  // namespace cnnlab
