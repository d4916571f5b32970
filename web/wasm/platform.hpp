#pragma once
#include <functional>
#include <string>

#include "web/lab/lab.hpp"

namespace cnnlab {

/// All that the lab needs of a browser: a WebGL 2 context on a canvas, Dear ImGui's back end for it, textures. Kept in
/// one file, so that nothing else knows about Emscripten.
class Platform : public Textures {
 public:
  /// Throws Error where there is no WebGL 2 or no such canvas; everything but drawing works without.
  void start(const std::string& canvas_selector);
  /// Makes the fonts for a screen, once it has started. Takes longer than a frame, so it is not done in one.
  void build_fonts(float device_pixel_ratio);
  /// Whether there is something to draw on, and to write with; not while the browser has taken the graphics memory
  /// away.
  bool ready() const { return font_ratio_ > 0 && !lost_; }
  /// Draws one frame of the lab.
  void draw(Lab& lab, float device_pixel_ratio, double milliseconds);

  /// Called when the graphics memory came back, empty: all has to be drawn again.
  std::function<void()> on_restored;

  ImTextureID upload(ImTextureID previous, int width, int height, const ImU32* pixels) override;
  int generation() const override { return generation_; }

 private:
  static int context_lost(int, const void*, void* self);
  static int context_restored(int, const void*, void* self);

  std::string canvas_;
  int context_ = 0;  // EMSCRIPTEN_WEBGL_CONTEXT_HANDLE
  bool lost_ = false;
  int generation_ = 0;
  float font_ratio_ = 0;
  int canvas_width_ = 0, canvas_height_ = 0;
  double last_frame_ = 0;
};

/// Whether this instance of the program runs where a page is drawn, and so must never wait for a thread.
bool on_main_thread();

}  // namespace cnnlab
