#include "native/cli/format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace cnnlab {

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) digits.insert(at, ",");
  return digits;
}

std::string fixed(double number, int digits) {
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, number);
  return buffer.data();
}

std::string rounded(double number) { return std::isfinite(number) ? grouped(std::llround(number)) : "?"; }

std::string shortest(double number) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end.ptr};
}

std::string clock_time(double seconds) {
  const int64_t all = std::llround(std::clamp(seconds, 0.0, 3.6e6));
  const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::string tail = two(all % 60);
  return all < 3600 ? std::to_string(all / 60) + ":" + tail
                    : std::to_string(all / 3600) + ":" + two(all / 60 % 60) + ":" + tail;
}

int width(std::string_view utf8) {
  return static_cast<int>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Table::str() const {
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(width(columns_[i].title));
    for (const Row& row : rows_)
      if (i < row.cells.size()) widths[i] = std::max(widths[i], width(row.cells[i]));
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - width(cells[i]), ' ');
      text += (i ? "  " : "") + (columns_[i].align == right ? space + cells[i] : cells[i] + space);
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
  };
  std::vector<std::string> titles;
  int total = 2 * static_cast<int>(columns_.size() - 1);
  for (const Column& column : columns_) titles.push_back(column.title);
  for (const int w : widths) total += w;
  if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); })) line(titles);
  for (const Row& row : rows_) {
    if (!row.cells.empty()) {
      line(row.cells);
    } else {
      out += (row.heading.empty() ? std::string(total, '-') : row.heading) + '\n';
    }
  }
  return out;
}

}  // namespace cnnlab
