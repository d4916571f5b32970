#pragma once
#include <sstream>
#include <stdexcept>
#include <string>

namespace cnnlab {

/// What went wrong, in one line that a learner can act on: the operation, the rule, the numbers.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Joins its arguments as an output stream would print them.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

[[noreturn]] void fail(const std::string& message);

/// Throws Error with the joined parts unless `ok`. Always on, in release builds too: the parts are put together only
/// when the check fails, so it costs one branch.
template <class... Parts>
void check(bool ok, const Parts&... parts) {
  if (!ok) [[unlikely]]
    fail(text(parts...));
}

}  // namespace cnnlab
