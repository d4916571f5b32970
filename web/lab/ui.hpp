#pragma once
#include <span>
#include <string>
#include <string_view>

#include <imgui.h>

#include "web/lab/strings.hpp"
#include "web/lab/theme.hpp"

namespace cnnlab {

/// In CSS pixels from the canvas's corner, as everything in the lab.
struct Rect {
  float x = 0, y = 0, width = 0, height = 0;

  float right() const { return x + width; }
  float bottom() const { return y + height; }
  bool contains(ImVec2 point) const { return point.x >= x && point.y >= y && point.x < right() && point.y < bottom(); }
  Rect inset(float by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

/// Where pictures are kept for drawing: a window's or a browser's graphics memory.
class Textures {
 public:
  virtual ~Textures() = default;
  /// A picture of width × height colours that is drawn without smoothing. It takes the place of `previous` (null:
  /// none).
  virtual ImTextureID upload(ImTextureID previous, int width, int height, const ImU32* pixels) = 0;
  /// Counts up when all pictures were lost and have to be uploaded again.
  virtual int generation() const = 0;
};

enum class Align { left, center, right };

/// What panels draw with in one frame: Dear ImGui's list, the fonts' sizes, the theme, the language, the pointer.
struct Ui {
  static constexpr float body = 15, small = 13, large = 24;

  ImDrawList* list;
  ImDrawList* above;  ///< drawn over everything: for tooltips
  const Theme& theme;
  Language language;
  ImVec2 mouse;                    ///< far outside when there is none
  std::span<const ImVec2> clicks;  ///< where the pointer went down since the last frame
  float pixel;                     ///< the size of a device's pixel
  Rect canvas;
  Textures& textures;
  std::string& title;  ///< of the panel that was drawn last

  const char* say(const Text& text) const { return text.in(language); }
  /// The font whose glyphs were made for a size: the host adds body, small and large, in this order.
  static ImFont* font(float size);
  float text_width(std::string_view words, float size) const;
  /// The words as far as there is room for them, with "…" where they were cut.
  std::string shortened(std::string_view words, float width, float size) const;
  /// `at` is the upper left, middle or right end of the line.
  void text(ImVec2 at, std::string_view words, ImU32 color, float size = body, Align align = Align::left) const;
  void fill(Rect area, ImU32 color, float rounding = 0) const;
  void frame(Rect area, ImU32 color, float rounding = 0) const;
  void line(ImVec2 from, ImVec2 to, ImU32 color, float thickness = 1) const;
  void picture(ImTextureID id, Rect area) const;
  /// A box of lines beside the pointer, kept within the canvas.
  void tooltip(std::string_view lines) const;
  /// Draws a panel's frame and title; returns what is left for its content.
  Rect panel(Rect area, std::string_view words) const;

  static constexpr float padding = 14, title_height = 26;
  /// A panel's height around a content of some height, and its content's width.
  static constexpr float outer_height(float content) { return content + 2 * padding + title_height; }
  static constexpr float inner_width(float width) { return width - 2 * padding; }
};

/// A number with a few significant digits: "0.0536", "12.3", "1.2e-05".
std::string number(double value);
/// "97,298"
std::string grouped(long long value);

}  // namespace cnnlab
