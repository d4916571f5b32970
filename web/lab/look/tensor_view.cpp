#include "web/lab/look/tensor_view.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/scale.hpp"

namespace cnnlab {
namespace {

// Tiles with a line between them; nothing where there is no tile.
void paint(const Theme& theme, const Tensor& tensor, const Tiles& tiles, float limit, std::vector<ImU32>& pixels) {
  const int64_t width = tiles.texel_width(), total = tensor.numel();
  std::ranges::fill(pixels, theme.surface);
  for (int64_t tile = 0; tile < tiles.count; ++tile) {
    const int64_t left = tile % tiles.columns * (tiles.width + 1), top = tile / tiles.columns * (tiles.height + 1);
    for (int64_t y = 0; y < tiles.height; ++y)
      for (int64_t x = 0; x < tiles.width; ++x) {
        const int64_t at = tiles.index(tile, y, x, total);
        if (at >= 0)
          pixels[static_cast<size_t>((top + y) * width + left + x)] =
              diverging(theme, tensor.data()[static_cast<size_t>(at)], limit);
      }
  }
}

}  // namespace

ColourRange ColourRange::of(const Tensor& tensor) {
  ColourRange range;
  for (const float value : tensor.data()) {
    if (!std::isfinite(value)) continue;
    range.diverging |= value < 0;
    range.limit = std::max(range.limit, std::abs(value));
  }
  return range;
}

std::optional<TensorPlace> TensorView::draw(const Ui& ui, Rect area, const Tensor& tensor, int version) {
  if (tensor.numel() == 0) return {};
  Tiles tiles = Tiles::of(tensor.shape());
  const float room = area.height - legend_height;
  float texel = tiles.fit(area.width, room);
  if (texel >= 1)
    texel = std::floor(texel);
  else if (texel >= ui.pixel)
    texel = std::floor(texel / ui.pixel) * ui.pixel;
  const Rect place{area.x, area.y, static_cast<float>(tiles.texel_width()) * texel,
                   static_cast<float>(tiles.texel_height()) * texel};
  const ColourRange range = ColourRange::of(tensor);
  picture_.show(ui, place, version, static_cast<int>(tiles.texel_width()), static_cast<int>(tiles.texel_height()),
                [&](std::vector<ImU32>& pixels) { paint(ui.theme, tensor, tiles, range.limit, pixels); });
  // White on white: without frames one would not see where a map of zeros ends.
  const float thin = std::min(texel, ui.pixel);
  if (tiles.count <= 128)
    for (int64_t tile = 0; tile < tiles.count; ++tile)
      ui.list->AddRect(
          {place.x + static_cast<float>(tile % tiles.columns * (tiles.width + 1)) * texel - thin,
           place.y + static_cast<float>(tile / tiles.columns * (tiles.height + 1)) * texel - thin},
          {place.x + static_cast<float>(tile % tiles.columns * (tiles.width + 1) + tiles.width) * texel + thin,
           place.y + static_cast<float>(tile / tiles.columns * (tiles.height + 1) + tiles.height) * texel + thin},
          ui.theme.border, 0, 0, ui.pixel);
  legend(ui, {place.x, place.bottom() + 6}, std::min(area.width, 220.0f), range);

  if (!place.contains(ui.mouse)) return {};
  const auto x = static_cast<int64_t>((ui.mouse.x - place.x) / texel),
             y = static_cast<int64_t>((ui.mouse.y - place.y) / texel);
  TensorPlace found{.index = -1,
                    .tile = y / (tiles.height + 1) * tiles.columns + x / (tiles.width + 1),
                    .row = y % (tiles.height + 1),
                    .column = x % (tiles.width + 1)};
  if (found.tile >= tiles.count || found.row >= tiles.height || found.column >= tiles.width) return {};
  found.index = tiles.index(found.tile, found.row, found.column, tensor.numel());
  return found.index < 0 ? std::nullopt : std::optional(found);
}

void TensorView::legend(const Ui& ui, ImVec2 at, float width, ColourRange range) {
  const std::string low = range.diverging ? number(-static_cast<double>(range.limit)) : "0",
                    high = number(static_cast<double>(range.limit));
  const float left = at.x + ui.text_width(low, Ui::small) + 6;
  const float strip = width - (left - at.x) - ui.text_width(high, Ui::small) - 6;
  if (strip < 20) return;
  constexpr int parts = 40;
  for (int i = 0; i < parts; ++i) {
    const float share = (static_cast<float>(i) + 0.5f) / parts, from = strip * static_cast<float>(i) / parts;
    ui.fill({left + from, at.y + 2, std::min(strip / parts + ui.pixel, strip - from), 10},
            diverging(ui.theme, range.diverging ? 2 * share - 1 : share, 1));
  }
  ui.frame({left, at.y + 2, strip, 10}, ui.theme.border);
  ui.text(at, low, ui.theme.muted, Ui::small);
  ui.text({left + strip + 6, at.y}, high, ui.theme.muted, Ui::small);
}

}  // namespace cnnlab
