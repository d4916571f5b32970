#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/instance.hpp"

using namespace cnnlab;

extern "C" {

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
}
