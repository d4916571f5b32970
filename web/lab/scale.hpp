#pragma once
#include <algorithm>
#include <cmath>

#include "web/lab/theme.hpp"

namespace cnnlab {

/// Between two colours, part by part.
inline ImU32 mix(ImU32 from, ImU32 to, float share) {
  ImU32 mixed = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const auto a = static_cast<float>((from >> shift) & 255), b = static_cast<float>((to >> shift) & 255);
    mixed |= static_cast<ImU32>(std::lround(a + (b - a) * share)) << shift;
  }
  return mixed;
}

/// The colour of a number on the scale −limit … limit: blue for negative, orange for positive, the theme's middle for
/// 0. The share's square root makes small numbers visible; the legend is drawn with the same function.
inline ImU32 diverging(const Theme& theme, float value, float limit) {
  if (!std::isfinite(value)) return theme.text;
  const float share = limit > 0 ? std::sqrt(std::min(std::abs(value) / limit, 1.0f)) : 0;
  return mix(theme.zero, value < 0 ? theme.blue : theme.orange, share);
}

}  // namespace cnnlab
