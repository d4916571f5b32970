#pragma once
#include <exception>
#include <string>

namespace cnnlab {

/// Runs `work` and returns "", or the line that says what went wrong: exceptions never cross into JavaScript. The text
/// lives until the next call.
template <class Work>
const char* guarded(const Work& work) {
  static std::string message;
  message.clear();
  try {
    work();
  } catch (const std::exception& error) {
    message = error.what();
    if (message.empty()) message = "unknown error";
  }
  return message.c_str();
}

}  // namespace cnnlab
