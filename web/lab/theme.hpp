#pragma once
#include <cstdint>

#include <imgui.h>

namespace cnnlab {

/// A colour as HTML writes it: 0xrrggbb.
constexpr ImU32 html(uint32_t rgb, uint32_t alpha = 255) {
  return (alpha << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 0xff);
}

/// The lab's colours. They are the page's too: its CSS has them as variables of the same names, so whoever changes one
/// changes both. Orange and blue stay apart for every kind of colour blindness; text has a contrast of 4.5 or more.
struct Theme {
  bool dark;
  ImU32 background;    ///< of the page, between the panels
  ImU32 surface;       ///< of a panel
  ImU32 border;        ///< around a panel, axes
  ImU32 grid;          ///< lines behind a curve, the track of a bar
  ImU32 text, muted;   ///< words and numbers; labels
  ImU32 blue, orange;  ///< what is drawn: bars, curves; negative and positive numbers at the scale's ends
  ImU32 zero;          ///< the middle of the scale
  ImU32 paper, ink;    ///< the drawing pad
};

inline constexpr Theme light_theme{
    .dark = false,
    .background = html(0xffffff),
    .surface = html(0xf6f8fa),
    .border = html(0xd0d7de),
    .grid = html(0xe4e8ec),
    .text = html(0x1f2328),
    .muted = html(0x59636e),
    .blue = html(0x1a5fb4),
    .orange = html(0xc2500a),
    .zero = html(0xffffff),
    .paper = html(0xffffff),
    .ink = html(0x1f2328),
};

inline constexpr Theme dark_theme{
    .dark = true,
    .background = html(0x0f1419),
    .surface = html(0x171d24),
    .border = html(0x343c46),
    .grid = html(0x262d36),
    .text = html(0xe6edf3),
    .muted = html(0x9aa4af),
    .blue = html(0x6cb2ff),
    .orange = html(0xff9f5a),
    .zero = html(0x0f1419),
    .paper = html(0x0f1419),
    .ink = html(0xf0f3f6),
};

}  // namespace cnnlab
