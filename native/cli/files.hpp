#pragma once
#include <cstdint>
#include <string>

namespace cnnlab {

/// Throws Error, with the path and the system's reason, unless a file of so many bytes can be written there: found out
/// before a training of hours, not after it. An existing file stays as it is.
void check_writable(const std::string& path, int64_t bytes);

}  // namespace cnnlab
