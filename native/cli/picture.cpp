#include "native/cli/picture.hpp"

#include <limits>
#include <memory>

#include "lib/io/files.hpp"
#include "lib/tensor/error.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace cnnlab {
namespace {

constexpr int64_t most_pixels = 64'000'000;  // any photograph, but no picture made to fill the memory

}  // namespace

Picture load_picture(const std::string& path) {
  const Bytes file = read_file(path);
  check(file.size() <= std::numeric_limits<int>::max(), path, ": ", file.size(), " bytes are too many for a picture");
  const int bytes = static_cast<int>(file.size());
  int width = 0, height = 0, channels = 0;
  // Not within check(): its arguments are evaluated in any order.
  const bool known = stbi_info_from_memory(file.data(), bytes, &width, &height, &channels);
  check(known, path,
        ": this is no picture that can be read here (PNG, JPEG, BMP, GIF, PGM): ", known ? "" : stbi_failure_reason());
  check(int64_t{width} * height <= most_pixels, path, ": ", width, "x", height, " pixels are too many; at most ",
        most_pixels, " are read");
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(file.data(), bytes, &width, &height, &channels, 2), stbi_image_free);
  check(pixels != nullptr, path, ": the picture is damaged: ", pixels ? "" : stbi_failure_reason());

  Picture picture{.grey = {}, .height = height, .width = width};
  picture.grey.resize(static_cast<size_t>(width) * height);
  for (size_t i = 0; i < picture.grey.size(); ++i) {
    const int grey = pixels.get()[2 * i], alpha = pixels.get()[2 * i + 1];
    picture.grey[i] = static_cast<uint8_t>((grey * alpha + 255 * (255 - alpha) + 127) / 255);
  }
  return picture;
}

}  // namespace cnnlab
