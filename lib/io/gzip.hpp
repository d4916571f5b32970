#pragma once
#include <string>

#include "lib/io/files.hpp"

namespace cnnlab {

/// Whether the bytes begin like a gzip file (1f 8b).
inline bool is_gzip(ByteSpan bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

/// What a gzip file holds, at most its first `limit` bytes: so a small file that would unpack to gigabytes does no
/// harm. Checksums are verified when the end is reached. Throws Error that names `name` when the data is damaged or cut
/// short. In a browser, where the page has DecompressionStream instead, it only throws an Error that says so.
Bytes gunzip(ByteSpan bytes, const std::string& name, int64_t limit);

}  // namespace cnnlab
