#include <algorithm>
#include <cmath>

#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/instance.hpp"
#include "web/wasm/platform.hpp"

using namespace cnnlab;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

Platform& platform() {
  static Platform only;
  return only;
}
float device_pixel_ratio = 1;

LessonOptions parse_options(const char* text) {
  if (*text == '\0') return {};
  try {
    return parse_object(text, "lesson options").get<LessonOptions>();
  } catch (const json::exception&) {
    fail(std::string("lesson options: every value must be a whole number: ") + text);
  }
}

DigitOptions parse_stages(const char* text) {
  const json wanted = parse_object(text, "stages");
  const auto on = [&](const char* name) {
    const auto it = wanted.find(name);
    check(it == wanted.end() || it->is_boolean(), "stages: ", name, " must be true or false");
    return it == wanted.end() || it->get<bool>();
  };
  return {.crop = on("crop"), .scale = on("scale"), .center = on("center")};
}

}  // namespace

extern "C" {

const char* lab_start(const char* canvas_selector) {
  return guarded([&] {
    platform().start(canvas_selector);
    platform().on_restored = [] {
      lab().redraw();
      lab_frame(0);
    };
  });
}

float lab_layout(float css_width, float ratio) {
  device_pixel_ratio = std::isfinite(ratio) ? std::clamp(ratio, 0.5f, 4.0f) : 1;
  platform().build_fonts(device_pixel_ratio);
  return lab().layout(css_width);
}

int lab_frame(double milliseconds) {
  if (!platform().ready() || !lab().changed() || lab().width() == 0) return 0;
  platform().draw(lab(), device_pixel_ratio, milliseconds);
  return lab().changed();
}

void lab_set_theme(int dark) { lab().set_theme(dark != 0); }

void lab_set_language(const char* language) {
  lab().set_language(std::string_view(language) == "ko" ? Language::korean : Language::english);
}

void lab_pointer(int kind, float x, float y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return;
  switch (kind) {
    case pointer_move:
      return lab().pointer_moved({x, y});
    case pointer_down:
      return lab().pointer_pressed({x, y});
    case pointer_up:
      return lab().pointer_released({x, y});
    case pointer_leave:
      return lab().pointer_left();
    default:
      return;
  }
}

void lab_set_view(const char* name) {
  const std::string_view view = name;
  lab().set_view(view == "step"    ? View::step
                 : view == "look"  ? View::look
                 : view == "train" ? View::train
                                   : View::draw);
}

const char* lab_said() {
  static std::string text;
  text = lab().take_said().dump();
  return text.c_str();
}

const char* lab_panels() {
  static std::string text;
  text = lab().panels().dump();
  return text.c_str();
}

const char* lab_pad() {
  static std::string text;
  const Rect pad = lab().pad();
  text = ordered_json{{"x", pad.x}, {"y", pad.y}, {"width", pad.width}, {"height", pad.height}}.dump();
  return text.c_str();
}

void lab_clear() { lab().edit_drawing(&Drawing::clear); }
void lab_undo() { lab().edit_drawing(&Drawing::undo); }
void lab_redo() { lab().edit_drawing(&Drawing::redo); }

const char* lab_drawing() {
  static std::string text;
  const Drawing& drawing = lab().drawing();
  text = ordered_json{{"text", drawing.to_text()}, {"undo", drawing.can_undo()}, {"redo", drawing.can_redo()}}.dump();
  return text.c_str();
}

const char* lab_set_drawing(const char* text) {
  return guarded([&] { lab().edit_drawing([&](Drawing& drawing) { drawing.from_text(text); }); });
}

int lab_cell(int row, int column, int ink) {
  if (ink >= 0) lab().edit_drawing([&](Drawing& drawing) { drawing.fill(row, column, ink != 0); });
  return lab().drawing().filled(row, column);
}

void lab_set_pen(double pixels) {
  if (std::isfinite(pixels)) lab().set_pen(std::clamp(pixels, 0.5, 12.0));
}

const uint8_t* lab_seen() {
  static Bytes pixels;
  (void)lab().reading();
  const auto& stages = lab().reader().stages();
  if (stages.empty()) return nullptr;
  pixels.clear();
  for (const float ink : stages.back().ink.data()) pixels.push_back(static_cast<uint8_t>(std::lround(ink * 255)));
  return pixels.data();
}

const char* lab_stage_readings() {
  static std::string text;
  ordered_json json = ordered_json::object();
  guarded([&] {
    const auto readings = lab().readings_with_stage_switched();
    const char* const names[]{"crop", "scale", "center"};
    for (size_t i = 0; i < readings.size(); ++i) {
      const auto& [digit, probabilities] = readings[i];
      json[names[i]] = {{"digit", digit}, {"probability", probabilities[static_cast<size_t>(digit)]}};
    }
  });
  text = json.dump();
  return text.c_str();
}

const char* lab_prediction() {
  static std::string text;
  text = "null";
  guarded([] {
    if (const auto& reading = lab().reading())
      text = ordered_json{{"digit", reading->digit}, {"probabilities", reading->probabilities}}.dump();
  });
  return text.c_str();
}

const char* lab_set_stages(const char* json) {
  return guarded([&] { lab().set_stages(parse_stages(json)); });
}

const char* lab_set_lesson(const char* id, const char* options) {
  return guarded([&] { lab().set_lesson(id, parse_options(options ? options : "")); });
}

const char* lab_load(const uint8_t* bytes, size_t size, const char* name) {
  return guarded([&] { lab().load({bytes, size}, name); });
}

const uint8_t* lab_weights(size_t* size) {
  static Bytes bytes;
  bytes.clear();
  guarded([] { bytes = lab().weights(); });
  *size = bytes.size();
  return bytes.data();
}
}
