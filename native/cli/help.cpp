#include "native/cli/help.hpp"

#include <algorithm>
#include <numeric>

#include "native/cli/format.hpp"

namespace cnnlab {
namespace {

constexpr int columns = 80, option_column = 26;

// Adds `words` to `out`, wrapped, each line but the first indented by `indent`.
void wrap(std::string& out, const std::string& words, int indent) {
  std::istringstream in(words);
  int column = indent;
  for (std::string word; in >> word;) {
    if (column > indent && column + 1 + width(word) > columns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) out += ' ', ++column;
    out += word;
    column += width(word);
  }
  out += '\n';
}

std::string entry(const std::string& name, const std::string& description, int indent) {
  std::string out = "  " + name;
  if (width(out) + 2 > indent) {
    out += '\n' + std::string(indent, ' ');
  } else {
    out += std::string(indent - width(out), ' ');
  }
  wrap(out, description, indent);
  return out;
}

class HelpLayout : public CLI::Formatter {
  std::string make_description(const CLI::App* app) const override {
    return app->get_parent() ? "cnnlab " + app->get_name() + " " + app->get_description() + "\n\n"
                             : app->get_description() + "\n";
  }
  std::string make_usage(const CLI::App* app, std::string) const override {
    if (!app->get_parent()) return "Usage: cnnlab COMMAND [OPTIONS]\n";
    std::string usage = "Usage: cnnlab " + app->get_name() + " [OPTIONS]";
    for (const CLI::Option* option : app->get_options())
      if (option->get_positional()) usage += " " + option->get_name(true) + " ...";
    return usage + "\n";
  }
  std::string make_option(const CLI::Option* option, bool positional) const override {
    std::string description = make_option_desc(option);
    if (!option->get_default_str().empty()) description += " (default: " + option->get_default_str() + ")";
    return entry(make_option_name(option, positional) + (positional ? "" : make_option_opts(option)), description,
                 option_column);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_size() == 0 ? "" : " " + option->get_type_name();
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return entry(command->get_name(), command->get_description(), 12);
  }
  std::string make_group(std::string group, bool positional, std::vector<const CLI::Option*> options) const override {
    std::string out = "\n" + group + ":\n";
    for (const CLI::Option* option : options) out += make_option(option, positional);
    return out;
  }
};

// Levenshtein's distance: how many letters to add, drop or change.
int distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    int diagonal = std::exchange(row[0], static_cast<int>(i) + 1);
    for (size_t j = 0; j < b.size(); ++j)
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, diagonal + (a[i] != b[j])}));
  }
  return row.back();
}

// The name that `word` is probably meant to be, or "" when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& names) {
  int best = std::max<int>(2, static_cast<int>(word.size()) / 3) + 1;
  std::string found;
  for (const std::string& name : names)
    if (const int d = distance(word, name); d < best) best = d, found = name;
  return found;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string explain_unknown(const std::string& word, const CLI::App& program, const CLI::App* command) {
  const std::string help = "cnnlab " + (command ? command->get_name() + " " : "") + "--help lists all";
  std::vector<std::string> names;
  std::string message;
  if (word.starts_with("-")) {
    names = option_names(command ? *command : program);
    message = "there is no option " + word;
  } else if (!command) {
    for (const CLI::App* known : program.get_subcommands({})) names.push_back(known->get_name());
    message = "there is no command \"" + word + "\"";
  } else {
    return "\"" + word + "\" is not expected here; cnnlab " + command->get_name() + " --help tells what is";
  }
  const std::string near = nearest(word.substr(0, word.find('=')), names);
  return message + (near.empty() ? "; " : "; did you mean " + near + "? ") + (near.empty() ? help : "(" + help + ")");
}

}  // namespace

std::shared_ptr<CLI::Formatter> help_layout() { return std::make_shared<HelpLayout>(); }

std::string explain(const CLI::ParseError& error, const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    const auto words = command && !command->remaining().empty() ? command->remaining() : program.remaining();
    const auto option = std::ranges::find_if(words, [](const std::string& word) { return word.starts_with("-"); });
    if (!words.empty()) return explain_unknown(option == words.end() ? words.front() : *option, program, command);
  }
  std::string message = error.what();
  const size_t colon = message.find(": ");
  const std::string option = message.substr(0, colon);
  if (error.get_name() == "ArgumentMismatch" && colon != std::string::npos) return option + " needs a value";
  if (error.get_name() == "ValidationError" && message.find(": needs ") == colon) message.erase(colon, 1);
  if (error.get_name() == "RequiredError" && command)
    message += " (cnnlab " + command->get_name() + " --help shows examples)";
  return message;
}

}  // namespace cnnlab
