#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/platform.hpp"

using namespace cnnlab;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

// More helpers than this would wait for each other at a batch's size.
constexpr int most_threads = 16;

// One instance draws and one trains. That which draws shares its thread with the page and must not wait for others.
Lab& lab() {
  static Lab only;
  return only;
}
Platform& platform() {
  static Platform only;
  return only;
}
float device_pixel_ratio = 1;

int threads_of_use() { return std::min(max_threads(), most_threads); }

const bool threads_chosen = [] {
  set_threads(on_main_thread() ? 1 : threads_of_use());
  return true;
}();

ordered_json describe(const Lesson& lesson) {
  ordered_json options = ordered_json::array();
  for (const LessonOption& option : lesson.options)
    options.push_back({{"name", option.name},
                       {"initial", option.initial},
                       {"least", option.least},
                       {"most", option.most},
                       {"help", option.help}});
  return {{"id", lesson.id},
          {"title_en", lesson.title_en},
          {"title_ko", lesson.title_ko},
          {"sources", lesson.sources},
          {"options", std::move(options)}};
}

json parse(const char* text, const char* what) {
  json parsed = json::parse(text, nullptr, false);
  check(parsed.is_object(), what, ": not a JSON object: ", std::string_view(text).substr(0, 80));
  return parsed;
}

LessonOptions parse_options(const char* text) {
  if (*text == '\0') return {};
  try {
    return parse(text, "lesson options").get<LessonOptions>();
  } catch (const json::exception&) {
    fail(std::string("lesson options: every value must be a whole number: ") + text);
  }
}

DigitOptions parse_stages(const char* text) {
  const json wanted = parse(text, "stages");
  const auto on = [&](const char* name) {
    const auto it = wanted.find(name);
    check(it == wanted.end() || it->is_boolean(), "stages: ", name, " must be true or false");
    return it == wanted.end() || it->get<bool>();
  };
  return {.crop = on("crop"), .scale = on("scale"), .center = on("center")};
}

}  // namespace

extern "C" {

const char* cnnlab_info() {
  static std::string text;
  ordered_json lessons_json = ordered_json::array();
  for (const Lesson& lesson : lessons()) lessons_json.push_back(describe(lesson));
  text = ordered_json{{"simd", simd_backend().name},
                      {"threads", threads()},
                      {"max_threads", threads_of_use()},
                      {"lessons", std::move(lessons_json)}}
             .dump();
  return text.c_str();
}

const char* cnnlab_source(const char* path) {
  const auto found = std::ranges::find(lesson_sources(), std::string_view(path), &SourceFile::path);
  static std::string text;
  text = found == lesson_sources().end() ? "" : found->text;
  return text.c_str();
}

void cnnlab_set_threads(int count) { set_threads(std::clamp(count, 1, threads_of_use())); }
uint8_t* cnnlab_alloc(size_t size) { return static_cast<uint8_t*>(std::malloc(size)); }
void cnnlab_free(uint8_t* memory) { std::free(memory); }

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

const char* lab_pad() {
  static std::string text;
  const Rect pad = lab().pad();
  text = ordered_json{{"x", pad.x}, {"y", pad.y}, {"width", pad.width}, {"height", pad.height}}.dump();
  return text.c_str();
}

void lab_clear() { lab().clear_drawing(); }
void lab_undo() { lab().undo_stroke(); }

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

const char* lab_trace_run(const uint8_t* pixels, int label) {
  return guarded([&] { lab().run_trace(pixels, label); });
}
int lab_trace_length() { return lab().trace().length(); }
void lab_trace_go(int index) { lab().go_to_step(index); }

const char* lab_trace_state() {
  static std::string text;
  text = "null";
  guarded([] { text = lab().trace().state(); });
  return text.c_str();
}

const char* lab_training_event(const char* json) {
  return guarded([&] { lab().add_training(json); });
}
void lab_training_reset() { lab().clear_training(); }
}
