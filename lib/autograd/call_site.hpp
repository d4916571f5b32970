#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace cnnlab {

/// A line of source code that called something. As a defaulted argument, `CallSite site = CallSite::here()` is filled
/// in by the compiler with the caller's place; so the tape knows which lesson line made an op, without macros.
struct CallSite {
  const char* file = "";  ///< relative to the source tree: "lessons/02_inception/model.hpp"
  int line = 0;

  // std::source_location would do, but Emscripten 3.1.6 has none.
  static CallSite here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

/// A module whose forward is running: its name in its parent ("branch5x5_2"; "" for the whole net) and who called it.
struct Frame {
  std::string module;
  CallSite site;
  int64_t call = 0;  ///< counts up through the program, so that two runs of one module can be told apart
};

/// Enters a module for as long as it lives. Per thread; cheap enough for training at speed.
class Scope {
 public:
  Scope(std::string module, CallSite site);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// The modules that are running, outermost first.
  static const std::vector<Frame>& frames();
  /// "incept1.branch5x5_2"; "" outside any module and in the net itself.
  static std::string path();
  /// Where the innermost running module was called. Layers of lib/nn pass it to their op, so that the tape names the
  /// lesson's line and not the library's.
  static CallSite site();
};

}  // namespace cnnlab
