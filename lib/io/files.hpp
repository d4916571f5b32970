#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

using Bytes = std::vector<uint8_t>;
using ByteSpan = std::span<const uint8_t>;

/// All bytes of a file. Throws Error with the path and the system's reason: missing, a folder, no permission, …
Bytes read_file(const std::string& path);

/// Writes a whole file or none of it: to a temporary file in the same folder, synced to the disk, then renamed over
/// `path`. Whenever the power fails, `path` holds either its old content or the new one. Throws Error with the path and
/// the system's reason (disk full, no permission, no such folder, …); the temporary file is gone then.
void write_file(const std::string& path, ByteSpan bytes);

bool file_exists(const std::string& path);

}  // namespace cnnlab
