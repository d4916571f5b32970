#include "web/lab/step/explain.hpp"
#include "web/lab/step/moves.hpp"
#include "web/lab/step/sum_text.hpp"
#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/instance.hpp"

using namespace cnnlab;
using nlohmann::ordered_json;

extern "C" {

const char* lab_trace_run(const uint8_t* pixels, int label) {
  return guarded([&] { lab().run_trace(pixels, label); });
}
const char* lab_trace_sgd(double lr, double momentum) {
  return guarded([&] { lab().set_trace_sgd({.lr = lr, .momentum = momentum}); });
}
int lab_trace_length() { return lab().trace().length(); }
void lab_trace_go(int index) { lab().go_to_step(index); }
int lab_trace_into() { return step_into(lab().trace()); }
int lab_trace_over() { return step_over(lab().trace()); }
int lab_trace_out() { return step_out(lab().trace()); }

int lab_trace_to_break(const char* places) {
  int index = lab().trace().index();  // stays where a place is none
  guarded([&] { index = step_to_break(lab().trace(), parse_places(places)); });
  return index;
}

const char* lab_trace_lines() {
  static std::string text;
  ordered_json lines = ordered_json::array();
  for (const auto& [file, line] : lines_that_run(lab().trace())) lines.push_back({{"file", file}, {"line", line}});
  text = lines.dump();
  return text.c_str();
}

const char* lab_trace_state() {
  static std::string text;
  text = "null";
  guarded([] { text = lab().trace().state(); });
  return text.c_str();
}

void lab_trace_pick(int tensor, int element) {
  lab().pick(element < 0 ? std::nullopt : std::optional(Trace::Pick{static_cast<size_t>(tensor), element}));
}

const char* lab_trace_picked() {
  static std::string text;
  text = "null";
  guarded([] {
    const Trace& trace = lab().trace();
    // Not what the pointer is over: that would be said all the time.
    const auto pointed = trace.picked() ? trace.picked() : trace.largest();
    if (!pointed) return;
    const auto& [tensor, element] = *pointed;
    const auto& [name, values] = trace.current()->shown[tensor];
    const auto explanation = explain(trace, *pointed);
    text = ordered_json{{"tensor", tensor},
                        {"element", element},
                        {"name", name},
                        {"position", position(values.shape(), element)},
                        {"value", values.data()[static_cast<size_t>(element)]},
                        {"sum", explanation ? sum_text(trace, *explanation, lab().language()) : ""}}
               .dump();
  });
  return text.c_str();
}
}
