#include "web/lab/step/tensor_picture.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/scale.hpp"

namespace cnnlab {
namespace {

constexpr float legend = 24;
constexpr int64_t most_bars = 24;

float largest(const Tensor& tensor) {
  float most = 0;
  for (const float value : tensor.data())
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most;
}

bool is_vector(const Shape& shape) {
  return shape.numel() <= most_bars && (shape.rank() == 1 || (shape.rank() == 2 && shape[0] == 1));
}

void paint(const Theme& theme, const Tensor& tensor, const Tiles& tiles, float limit, std::vector<ImU32>& pixels) {
  const int64_t width = tiles.texel_width(), above = (tiles.rows() - 1) * (tiles.height + 1);
  const int64_t used = (tiles.count - (tiles.rows() - 1) * tiles.columns) * (tiles.width + 1) - 1;
  std::ranges::fill(pixels, theme.border);
  for (int64_t y = above; y < tiles.texel_height(); ++y)
    std::fill(pixels.begin() + (y * width + used), pixels.begin() + (y + 1) * width, theme.surface);
  const auto values = tensor.data();
  for (int64_t tile = 0; tile < tiles.count; ++tile) {
    const int64_t left = tile % tiles.columns * (tiles.width + 1), top = tile / tiles.columns * (tiles.height + 1);
    for (int64_t y = 0; y < tiles.height; ++y)
      for (int64_t x = 0; x < tiles.width; ++x) {
        const auto at = tiles.index(tile, y, x, static_cast<int64_t>(values.size()));
        if (at >= 0)
          pixels[static_cast<size_t>((top + y) * width + left + x)] =
              diverging(theme, values[static_cast<size_t>(at)], limit);
      }
  }
}

// The scale as a strip, with its ends in numbers.
void draw_legend(const Ui& ui, ImVec2 at, float width, float limit) {
  const std::string low = number(-static_cast<double>(limit)), high = number(static_cast<double>(limit));
  const float left = at.x + ui.text_width(low, Ui::small) + 6;
  const float strip = width - (left - at.x) - ui.text_width(high, Ui::small) - 6;
  if (strip < 20) return;
  constexpr int parts = 40;
  for (int i = 0; i < parts; ++i) {
    const float share = (static_cast<float>(i) + 0.5f) / parts * 2 - 1;
    const float from = strip * static_cast<float>(i) / parts;
    ui.fill({left + from, at.y + 2, std::min(strip / parts + ui.pixel, strip - from), 10},
            diverging(ui.theme, share, 1));
  }
  ui.frame({left, at.y + 2, strip, 10}, ui.theme.border);
  ui.text(at, low, ui.theme.muted, Ui::small);
  ui.text({left + strip + 6, at.y}, high, ui.theme.muted, Ui::small);
}

// Dark around light, so that it can be seen on every colour.
void frame_twice(const Ui& ui, Rect area) {
  ui.frame(area.inset(-2 * ui.pixel), ui.theme.background);
  ui.frame(area.inset(-ui.pixel), ui.theme.text);
}

}  // namespace

std::optional<int64_t> TensorPicture::show(const Ui& ui, Rect area, const Tensor& tensor, int version,
                                           const Marks& marks, ImVec2 at) {
  place_ = area;
  if (tensor.numel() == 1) {
    form_ = Form::number;
    const std::string words = number(static_cast<double>(tensor.item()));
    ui.text({area.x, area.y + 4}, words, ui.theme.text, Ui::large);
    place_.width = ui.text_width(words, Ui::large);
    place_.height = Ui::large + 8;
  } else if (is_vector(tensor.shape())) {
    form_ = Form::bars;
    show_bars(ui, tensor, marks);
  } else {
    form_ = Form::tiles;
    show_tiles(ui, tensor, version, marks);
  }
  return find(tensor, at);
}

std::optional<int64_t> TensorPicture::find(const Tensor& tensor, ImVec2 at) const {
  if (!place_.contains(at)) return {};
  if (form_ == Form::number) return 0;
  const auto y = static_cast<int64_t>((at.y - place_.y) / cell_);
  if (form_ == Form::bars) return y < tensor.numel() ? std::optional(y) : std::nullopt;
  const auto x = static_cast<int64_t>((at.x - place_.x) / cell_);
  const int64_t tile = y / (tiles_.height + 1) * tiles_.columns + x / (tiles_.width + 1);
  const int64_t row = y % (tiles_.height + 1), column = x % (tiles_.width + 1);
  if (tile >= tiles_.count || row >= tiles_.height || column >= tiles_.width) return {};
  const int64_t element = tiles_.index(tile, row, column, tensor.numel());
  return element < 0 ? std::nullopt : std::optional(element);
}

void TensorPicture::show_bars(const Ui& ui, const Tensor& tensor, const Marks& marks) {
  const auto values = tensor.data();
  const Rect area = place_;
  const float row = std::min(area.height / static_cast<float>(values.size()), 25.0f), limit = largest(tensor);
  const bool numbers = row >= 12;
  const float size = std::min(Ui::small, row), label = numbers ? 24 : 0, value_width = numbers ? 62 : 0;
  const float half = (area.width - label - value_width) / 2, middle = area.x + label + half;
  cell_ = row;
  place_.height = row * static_cast<float>(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float top = area.y + static_cast<float>(i) * row;
    const float length = limit > 0 && std::isfinite(values[i]) ? half * values[i] / limit : 0;
    ui.fill({std::min(middle, middle + length), top + row * 0.12f, std::abs(length), row * 0.76f},
            values[i] < 0 ? ui.theme.blue : ui.theme.orange);
    if (!numbers) continue;
    ui.text({area.x, top + (row - size) / 2}, std::to_string(i), ui.theme.muted, size);
    ui.text({area.right(), top + (row - size) / 2}, number(static_cast<double>(values[i])), ui.theme.text, size,
            Align::right);
  }
  ui.line({middle, area.y}, {middle, place_.bottom()}, ui.theme.border);
  if (marks.element && *marks.element < tensor.numel())
    frame_twice(ui, {area.x, area.y + static_cast<float>(*marks.element) * row, area.width, row});
}

void TensorPicture::show_tiles(const Ui& ui, const Tensor& tensor, int version, const Marks& marks) {
  const Rect area = place_;
  tiles_ = Tiles::of(tensor.shape());
  cell_ = tiles_.fit(area.width, area.height - legend);
  // Whole device pixels, so that all texels are equally large; unless there are more texels than pixels.
  if (cell_ >= ui.pixel) cell_ = std::floor(cell_ / ui.pixel) * ui.pixel;
  place_.width = static_cast<float>(tiles_.texel_width()) * cell_;
  place_.height = static_cast<float>(tiles_.texel_height()) * cell_;
  const float limit = largest(tensor);
  picture_.show(ui, place_, version, static_cast<int>(tiles_.texel_width()), static_cast<int>(tiles_.texel_height()),
                [&](std::vector<ImU32>& pixels) { paint(ui.theme, tensor, tiles_, limit, pixels); });
  draw_legend(ui, {place_.x, place_.bottom() + 6}, std::min(area.width, 190.0f), limit);
  mark(ui, tensor, marks);
}

Rect TensorPicture::tile_cells(int64_t tile, int64_t top, int64_t left, int64_t bottom, int64_t right) const {
  const int64_t x = tile % tiles_.columns * (tiles_.width + 1) + left;
  const int64_t y = tile / tiles_.columns * (tiles_.height + 1) + top;
  return {place_.x + static_cast<float>(x) * cell_, place_.y + static_cast<float>(y) * cell_,
          static_cast<float>(right - left) * cell_, static_cast<float>(bottom - top) * cell_};
}

void TensorPicture::mark(const Ui& ui, const Tensor& tensor, const Marks& marks) const {
  if (marks.window) {
    const auto& [top, left, size, first, channels] = *marks.window;
    for (int64_t tile = first; tile < std::min(first + channels, tiles_.count); ++tile)
      frame_twice(ui, tile_cells(tile, std::max<int64_t>(top, 0), std::max<int64_t>(left, 0),
                                 std::min(top + size, tiles_.height), std::min(left + size, tiles_.width)));
  }
  if (!marks.element || *marks.element >= tensor.numel()) return;
  const int64_t length = tiles_.folded ? tiles_.folded : tiles_.height * tiles_.width;
  const int64_t tile = *marks.element / length, within = *marks.element % length;
  if (tile >= tiles_.count) return;
  const int64_t row = within / tiles_.width, column = within % tiles_.width;
  frame_twice(ui, tile_cells(tile, row, column, row + 1, column + 1));
}

}  // namespace cnnlab
