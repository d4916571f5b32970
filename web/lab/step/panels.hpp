#pragma once
#include <algorithm>
#include <string>

#include "web/lab/step/strings.hpp"
#include "web/lab/step/trace.hpp"
#include "web/lab/ui.hpp"

// What the panels of the step share.
namespace cnnlab::step {

inline constexpr float caption = 18, gap = 14;

/// One tensor has all the room; of three, the first has the upper row; else two stand side by side.
inline Rect cell(Rect area, size_t index, size_t count) {
  if (count == 1) return area;
  const bool odd = count % 2 == 1, whole_row = odd && index == 0;
  const size_t rows = (count + 1) / 2, place = odd && index > 0 ? index + 1 : index;
  const float width = whole_row ? area.width : (area.width - gap) / 2;
  const float height = (area.height - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  return {area.x + static_cast<float>(place % 2) * (width + gap),
          area.y + static_cast<float>(place / 2) * (height + gap), width, height};
}

/// Draws a title above a tensor; returns what is left. The end of a long name says most: "weight.grad".
inline Rect title(const Ui& ui, Rect area, std::string words) {
  for (size_t dot; ui.text_width(words, Ui::small) > area.width && (dot = words.find('.')) != std::string::npos;)
    words.erase(0, dot + 1);
  ui.text({area.x, area.y}, words, ui.theme.muted, Ui::small);
  return {area.x, area.y + caption, area.width, area.height - caption};
}

/// A panel's height for pictures of a panel that wide.
inline float height_for(float width, float heading) {
  return Ui::outer_height(heading + std::clamp(Ui::inner_width(width), 280.0f, 420.0f));
}

}  // namespace cnnlab::step
