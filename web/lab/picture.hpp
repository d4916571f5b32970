#pragma once
#include <vector>

#include "web/lab/ui.hpp"

namespace cnnlab {

/// A picture in graphics memory that is made anew only when what it shows has changed.
class Picture {
 public:
  /// Draws it into `place`. `fill(pixels)` computes the colours of width × height pixels when `version`, the theme or
  /// the graphics memory changed since the last time.
  template <class Fill>
  void show(const Ui& ui, Rect place, int version, int width, int height, const Fill& fill) {
    if (version != version_ || ui.textures.generation() != generation_ || ui.theme.dark != dark_ || width != width_ ||
        height != height_) {
      std::vector<ImU32> pixels(static_cast<size_t>(width) * static_cast<size_t>(height));
      fill(pixels);
      id_ = ui.textures.upload(ui.textures.generation() == generation_ ? id_ : nullptr, width, height, pixels.data());
      version_ = version;
      generation_ = ui.textures.generation();
      dark_ = ui.theme.dark;
      width_ = width;
      height_ = height;
    }
    ui.picture(id_, place);
  }

 private:
  ImTextureID id_ = nullptr;
  int version_ = -1, generation_ = -1, width_ = 0, height_ = 0;
  bool dark_ = false;
};

}  // namespace cnnlab
