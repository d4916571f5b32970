#include "web/lab/ui.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace cnnlab {

ImFont* Ui::font(float size) { return ImGui::GetIO().Fonts->Fonts[size <= small ? 1 : size <= body ? 0 : 2]; }

float Ui::text_width(std::string_view words, float size) const {
  return font(size)->CalcTextSizeA(size, 1e6f, 0, words.data(), words.data() + words.size()).x;
}

std::string Ui::shortened(std::string_view words, float width, float size) const {
  std::string all(words);
  if (words.empty() || text_width(all, size) <= width) return all;
  const auto continues = [&] { return (static_cast<unsigned char>(words.back()) & 0xc0) == 0x80; };  // UTF-8
  do {
    while (words.size() > 1 && continues()) words.remove_suffix(1);
    words.remove_suffix(1);
    all = std::string(words) + "…";
  } while (!words.empty() && text_width(all, size) > width);
  return all;
}

void Ui::text(ImVec2 at, std::string_view words, ImU32 color, float size, Align align) const {
  if (align != Align::left) at.x -= text_width(words, size) * (align == Align::center ? 0.5f : 1.0f);
  list->AddText(font(size), size, at, color, words.data(), words.data() + words.size());
}

void Ui::fill(Rect area, ImU32 color, float rounding) const {
  list->AddRectFilled({area.x, area.y}, {area.right(), area.bottom()}, color, rounding);
}

void Ui::frame(Rect area, ImU32 color, float rounding) const {
  list->AddRect({area.x, area.y}, {area.right(), area.bottom()}, color, rounding);
}

void Ui::line(ImVec2 from, ImVec2 to, ImU32 color, float thickness) const { list->AddLine(from, to, color, thickness); }

void Ui::picture(ImTextureID id, Rect area) const {
  list->AddImage(id, {area.x, area.y}, {area.right(), area.bottom()});
}

void Ui::tooltip(std::string_view lines) const {
  ImFont* letters = font(small);
  const ImVec2 size = letters->CalcTextSizeA(small, 1e6f, 0, lines.data(), lines.data() + lines.size());
  const float width = size.x + 16, height = size.y + 12;
  ImVec2 at{mouse.x + 14, mouse.y + 14};
  if (at.x + width > canvas.right()) at.x = mouse.x - width - 8;
  if (at.y + height > canvas.bottom()) at.y = mouse.y - height - 8;
  at = {std::max(at.x, 0.0f), std::max(at.y, 0.0f)};
  above->AddRectFilled(at, {at.x + width, at.y + height}, theme.text, 5);
  above->AddText(letters, small, {at.x + 8, at.y + 6}, theme.background, lines.data(), lines.data() + lines.size());
}

Rect Ui::panel(Rect area, std::string_view words) const {
  title = words;
  fill(area, theme.surface, 8);
  frame(area, theme.border, 8);
  Rect inner = area.inset(padding);
  text({inner.x, inner.y - 1}, words, theme.muted, body);
  inner.y += title_height;
  inner.height -= title_height;
  return inner;
}

std::string number(double value) {
  std::array<char, 32> digits{};
  const double size = std::abs(value);
  const char* format = size != 0 && (size < 1e-3 || size >= 1e6) ? "%.1e" : "%.4g";
  const int length = std::snprintf(digits.data(), digits.size(), format, value);
  return {digits.data(), static_cast<size_t>(length)};
}

std::string grouped(long long value) {
  std::string digits = std::to_string(value);
  for (int at = static_cast<int>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) digits.insert(at, ",");
  return digits;
}

}  // namespace cnnlab
