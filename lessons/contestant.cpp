#include "lessons/contestant.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace cnnlab {
namespace {

std::vector<std::string> split(std::string_view words, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : words) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<int64_t> whole_number(std::string_view digits) {
  int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || problem != std::errc() || stop != end) return std::nullopt;
  return value;
}

const LessonOption& option_of(const Lesson& lesson, const std::string& name) {
  return *std::ranges::find(lesson.options, name, &LessonOption::name);
}

std::string names_of(const Lesson& lesson, const RacingName& racing) {
  if (racing.option.empty()) return racing.name;
  const LessonOption& number = option_of(lesson, racing.option);
  return text(racing.name, number.least, " to ", racing.name, number.most,
              number.step == 1 ? "" : text(" in steps of ", number.step));
}

// "ResNet-{}" with 20 → "ResNet-20"
std::string filled(std::string title, const std::string& number) {
  if (const size_t at = title.find("{}"); at != title.npos) title.replace(at, 2, number);
  return title;
}

// Takes in what stands behind the name, "width=16"; returns how a title says it.
std::string apply(const std::string& setting, const RacingName& racing, Contestant& contestant) {
  const size_t equals = std::min(setting.find('='), setting.size());
  const std::string name = setting.substr(0, equals);
  const auto value = whole_number(std::string_view(setting).substr(std::min(equals + 1, setting.size())));
  check(value.has_value(), contestant.name, ": an option looks like width=16, not like \"", setting, "\"");
  check(!racing.fixed.contains(name) && name != racing.option, contestant.name, ": ", name, " is set by the name \"",
        racing.name, "\" already");
  contestant.options[name] = *value;
  return text(name, " ", *value);
}

// The contestant, where `word` ("plain20") is one that this name of a lesson stands for.
std::optional<Contestant> matched(const std::string& word, const Lesson& lesson, const RacingName& racing) {
  if (!word.starts_with(racing.name)) return std::nullopt;
  const std::string digits = word.substr(racing.name.size());
  Contestant found{.name = word,
                   .lesson = &lesson,
                   .options = racing.fixed,
                   .title_en = filled(racing.title_en, digits),
                   .title_ko = filled(racing.title_ko, digits)};
  if (racing.option.empty()) return digits.empty() ? std::optional(found) : std::nullopt;
  const auto number = whole_number(digits);
  if (!number || !option_of(lesson, racing.option).allows(*number)) return std::nullopt;
  found.options[racing.option] = *number;
  return found;
}

}  // namespace

std::string contestant_names() {
  std::string names;
  for (const Lesson& lesson : lessons())
    for (const RacingName& racing : lesson.racing) names += (names.empty() ? "" : ", ") + names_of(lesson, racing);
  return names;
}

Contestant find_contestant(std::string_view name) {
  const std::vector<std::string> parts = split(name, ':');
  for (const Lesson& lesson : lessons()) {
    for (const RacingName& racing : lesson.racing) {
      std::optional<Contestant> found = matched(parts[0], lesson, racing);
      if (!found) continue;
      found->name = name;
      std::string chosen;
      for (size_t i = 1; i < parts.size(); ++i) chosen += (i == 1 ? "" : ", ") + apply(parts[i], racing, *found);
      for (std::string* title : {&found->title_en, &found->title_ko})
        if (!chosen.empty()) *title += " (" + chosen + ")";
      found->options = lesson.complete(found->options);
      return *found;
    }
  }
  fail(text("there is no network \"", name, "\" to race; there are: ", contestant_names()));
}

std::vector<Contestant> find_contestants(std::string_view names) {
  std::vector<Contestant> found;
  for (const std::string& name : split(names, ',')) {
    found.push_back(find_contestant(name));
    const auto same = [&](const Contestant& other) {
      return other.lesson == found.back().lesson && other.options == found.back().options;
    };
    const auto first = std::find_if(found.begin(), found.end(), same);
    check(&*first == &found.back(), name, " is the same network as ", first->name, ": name each once");
  }
  return found;
}

}  // namespace cnnlab
