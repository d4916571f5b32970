#include <cmath>

#include "lib/train/evaluate.hpp"
#include "web/lab/look/layout.hpp"
#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/instance.hpp"
#include "web/wasm/scorer.hpp"

using namespace cnnlab;
using nlohmann::ordered_json;

namespace {

Scorer& scorer() {
  static Scorer only;
  return only;
}

std::set<std::string> split(std::string_view list) {
  std::set<std::string> parts;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) parts.emplace(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

ordered_json boxes() {
  ordered_json found = ordered_json::array();
  const Look& look = lab().look();
  const Rect panel = lab().area(View::look);
  const float x = panel.x + Ui::padding, y = panel.y + Ui::padding + Ui::title_height;
  for (const auto& [part, area, open] : lay_out(look.diagram(), look.opened(), Ui::inner_width(panel.width)).boxes)
    if (part >= 0)
      found.push_back({{"id", look.diagram().parts()[static_cast<size_t>(part)].id},
                       {"x", x + area.x},
                       {"y", y + area.y},
                       {"width", area.width},
                       {"height", area.height},
                       {"open", open}});
  return found;
}

std::vector<double> probabilities(const Tensor& log_probabilities) {
  std::vector<double> found;
  for (const float value : log_probabilities.data()) found.push_back(std::exp(static_cast<double>(value)));
  return found;
}

// JSON that lives until the next call; "null" when it cannot be had.
template <class Work>
const char* json_or_null(std::string& kept, const Work& work) {
  kept = "null";
  guarded([&] { kept = work(); });
  return kept.c_str();
}

}  // namespace

extern "C" {

// ---- In the instance that draws
const char* lab_look_network() {
  static std::string text;
  return json_or_null(text, [] { return lab().look().describe_network(); });
}

void lab_look_open(const char* ids) {
  lab().look().open(split(ids));
  lab().redraw();
}

void lab_look_choose(const char* id) {
  lab().look().choose(id);
  lab().redraw();
}

const char* lab_look_chosen() {
  static std::string text;
  return json_or_null(text, [] { return lab().look().describe_chosen(); });
}

const char* lab_look_boxes() {
  static std::string text;
  return json_or_null(text, [] { return boxes().dump(); });
}

void lab_look_ask(const char* method, int label) {
  const bool occlusion = std::string_view(method) == "occlusion";
  lab().look().ask(occlusion ? Look::Method::occlusion : Look::Method::gradient, label);
  lab().redraw();
}

int lab_look_advance(double milliseconds) {
  bool more = false;
  guarded([&] { more = lab().look().advance(milliseconds); });
  lab().redraw();
  return more;
}

const char* lab_look_pixels() {
  static std::string text;
  return json_or_null(text, [] { return lab().look().describe_attribution(); });
}

const char* lab_cut(const char* json) {
  return guarded([&] { lab().cut(parse_cuts(json)); });
}

const char* lab_cut_answers() {
  static std::string text;
  return json_or_null(text, [] {
    const Tensor* after = lab().look().answer();
    if (!after) return std::string("null");
    const Tensor before = lab().answer_as_trained(lab().look().image());
    return ordered_json{{"before", probabilities(before)}, {"after", probabilities(*after)}}.dump();
  });
}

// ---- In the worker
const char* score_create(const char* lesson, const char* options) {
  return guarded([&] { scorer().create(lesson, parse_object(options, "lesson options").get<LessonOptions>()); });
}

const char* score_add_images(const uint8_t* images, const uint8_t* labels, int count) {
  return guarded([&] { scorer().add_images(images, labels, count); });
}

const char* score_load(const uint8_t* bytes, size_t size, const char* name) {
  return guarded([&] { scorer().load({bytes, size}, name); });
}

const char* score_begin(const char* cuts) {
  return guarded([&] { scorer().begin(parse_cuts(cuts)); });
}

const char* score_advance() {
  static std::string text;
  try {
    text = scorer().advance();
  } catch (const std::exception& error) {
    text = ordered_json{{"error", error.what()}}.dump();
  }
  return text.c_str();
}
}
