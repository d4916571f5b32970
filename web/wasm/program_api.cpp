#include <algorithm>
#include <cstdlib>

#include "lessons/lesson.hpp"
#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "web/wasm/api.hpp"
#include "web/wasm/instance.hpp"
#include "web/wasm/platform.hpp"

using namespace cnnlab;
using nlohmann::ordered_json;

namespace {

// More helpers than this would wait for each other at a batch's size.
constexpr int most_threads = 16;

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
                       {"step", option.step},
                       {"help", option.help},
                       {"help_ko", option.help_ko}});
  return {{"id", lesson.id},
          {"title_en", lesson.title_en},
          {"title_ko", lesson.title_ko},
          {"sources", lesson.sources},
          {"options", std::move(options)}};
}

}  // namespace

// One instance draws and one trains. That which draws shares its thread with the page and must not wait for others.
Lab& cnnlab::lab() {
  static Lab only;
  return only;
}

nlohmann::json cnnlab::parse_object(std::string_view text, const char* what) {
  nlohmann::json parsed = nlohmann::json::parse(text, nullptr, false);
  check(parsed.is_object(), what, ": not a JSON object: ", text.substr(0, 80));
  return parsed;
}

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
}
