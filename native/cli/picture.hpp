#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace cnnlab {

/// A picture as bytes of grey, (height, width), 0 black.
struct Picture {
  std::vector<uint8_t> grey;
  int64_t height, width;
};

/// Reads a PNG, JPEG, BMP, GIF, PGM, …; what is transparent counts as white. Throws Error, naming the file, when it is
/// missing, no picture, damaged, or larger than 64 million pixels.
Picture load_picture(const std::string& path);

}  // namespace cnnlab
