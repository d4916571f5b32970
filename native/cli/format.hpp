#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cnnlab {

/// 97298 → "97,298".
std::string grouped(int64_t number);
/// With so many digits after the point.
std::string fixed(double number, int digits);
/// Rounded and grouped: 2512.4 → "2,512".
std::string rounded(double number);
/// The shortest form that reads back as the same number: 0.01 → "0.01".
std::string shortest(double number);
/// "0:07", "12:30", "1:02:03".
std::string clock_time(double seconds);
/// How many columns UTF-8 text takes on a terminal, for letters that are one column wide.
int width(std::string_view utf8);

/// Rows of text set in columns that are as wide as their widest cell.
class Table {
 public:
  enum Align { left, right };
  struct Column {
    std::string title;
    Align align = left;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> cells) { rows_.push_back({.cells = std::move(cells)}); }
  /// A line of text across the table, above the next row.
  void heading(std::string text) { rows_.push_back({.heading = std::move(text)}); }
  /// A line across the table, above the next row.
  void rule() { rows_.emplace_back(); }
  /// Titles (unless all are empty) and rows, each line ending with a line break and nothing behind its last cell.
  std::string str() const;

 private:
  struct Row {
    std::vector<std::string> cells{};
    std::string heading{};  // a row has cells, or a heading, or neither: then it is a rule
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace cnnlab
