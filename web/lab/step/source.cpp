#include "web/lab/step/source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "lessons/lesson.hpp"

namespace cnnlab {
namespace {

// A line without its comment and the blanks at its end; "" when there is none.
std::string_view code_of(const Place& place) {
  const auto file = std::ranges::find(lesson_sources(), std::string_view(place.file), &SourceFile::path);
  if (file == lesson_sources().end()) return "";
  std::string_view rest = file->text;
  for (int line = 1; line < place.line && !rest.empty(); ++line)
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  std::string_view code = rest.substr(0, rest.find('\n'));
  code = code.substr(0, code.find("//"));
  return code.substr(0, code.find_last_not_of(' ') + 1);
}

size_t indentation(std::string_view code) { return std::min(code.find_first_not_of(' '), code.size()); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view last_word(std::string_view code) {
  while (!code.empty() && !is_word(code.back())) code.remove_suffix(1);
  size_t from = code.size();
  while (from > 0 && is_word(code[from - 1])) --from;
  return code.substr(from);
}

bool begins_block(std::string_view code) {
  constexpr std::array words{"for", "if", "else", "while", "do", "switch", "}"};
  code.remove_prefix(indentation(code));
  return std::ranges::any_of(words, [&](std::string_view word) { return code.starts_with(word); });
}

}  // namespace

std::string variable_name(const Place& place) {
  std::string_view code = code_of(place);
  code.remove_prefix(indentation(code));
  if (code.starts_with("return ")) return "return";
  const size_t assigned = code.find('=');
  if (assigned == std::string_view::npos || assigned > code.find('(') || code.substr(assigned, 2) == "==") return "";
  return std::string(last_word(code.substr(0, assigned)));
}

Place function_header(const Place& place) {
  size_t inside = indentation(code_of(place));
  for (int line = place.line - 1; line > 0; --line) {
    const std::string_view code = code_of({place.file, line});
    if (code.empty() || indentation(code) >= inside) continue;
    inside = indentation(code);
    if (code.ends_with('{') && code.find('(') != std::string_view::npos && !begins_block(code))
      return {place.file, line};
  }
  return {place.file, 0};
}

std::string parameter_name(const Place& header) {
  std::string_view code = code_of(header);
  code.remove_prefix(std::min(code.find('('), code.size()));
  code = code.substr(0, code.find(')'));
  constexpr std::string_view type = "Variable";
  const size_t first = code.find(type);
  if (first == std::string_view::npos || code.find(',') != std::string_view::npos) return "";
  return std::string(last_word(code));
}

}  // namespace cnnlab
