#include "native/cli/command.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <iostream>
#include <new>

#include "native/cli/format.hpp"
#include "native/cli/help.hpp"

namespace cnnlab {
namespace {

std::string joined(const std::vector<std::string>& names, const char* separator) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : separator) + name;
  return list;
}

CLI::Validator whole_number(int64_t least, int64_t most) {
  return {[=](const std::string& value) {
            int64_t number = 0;
            const char* end = value.data() + value.size();
            const auto [stop, problem] = std::from_chars(value.data(), end, number);
            if (problem == std::errc() && stop == end && number >= least && number <= most) return std::string();
            const std::string range =
                most == any_number ? text("of at least ", least) : text("from ", least, " to ", grouped(most));
            return text("needs a whole number ", range, ", got \"", value, "\"");
          },
          ""};
}

CLI::Validator number_from_zero() {
  return {[=](const std::string& value) {
            double number = 0;
            const char* end = value.data() + value.size();
            const auto [stop, problem] = std::from_chars(value.data(), end, number);
            if (problem == std::errc() && stop == end && std::isfinite(number) && number >= 0) return std::string();
            return text("needs a number of at least 0, got \"", value, "\"");
          },
          ""};
}

CLI::Validator member(const std::vector<std::string>& names) {
  return {[names](const std::string& value) {
            if (std::ranges::find(names, value) != names.end()) return std::string();
            return text("needs one of ", joined(names, ", "), ", got \"", value, "\"");
          },
          ""};
}

// The last of several wins, as people expect who add an option to a command that they called up again.
CLI::Option* last_wins(CLI::Option* option, const std::string& kind) { return option->take_last()->type_name(kind); }

// One line, whatever the message holds.
int complain(const std::string& who, std::string message, int status) {
  std::ranges::replace(message, '\n', ' ');
  std::cerr << who << ": " << message << std::endl;
  return status;
}

}  // namespace

void OptionList::flag(const char* name, bool& value, const std::string& help) { command_.add_flag(name, value, help); }

void OptionList::text(const char* name, const char* kind, std::string& value, const std::string& help) {
  last_wins(command_.add_option(name, value, help), kind);
}

void OptionList::texts(const char* name, const char* kind, std::vector<std::string>& values, const std::string& help) {
  command_.add_option(name, values, help)->type_name(cnnlab::text(kind, " ..."));
}

void OptionList::positional(const char* kind, std::vector<std::string>& values, const std::string& help) {
  command_.add_option(kind, values, help)->required();
}

void OptionList::one_of(const char* name, std::string& value, const std::vector<std::string>& names,
                        const std::string& help) {
  last_wins(command_.add_option(name, value, help), joined(names, "|"))->check(member(names))->capture_default_str();
}

void OptionList::whole(const char* name, int64_t& value, int64_t least, int64_t most, const std::string& help) {
  last_wins(command_.add_option(name, value, help), "N")->check(whole_number(least, most))->capture_default_str();
}

void OptionList::whole(const char* name, std::optional<int64_t>& value, int64_t least, int64_t most,
                       const std::string& help) {
  last_wins(command_.add_option(name, value, help), "N")->check(whole_number(least, most));
}

void OptionList::number(const char* name, double& value, const std::string& help) {
  last_wins(command_.add_option(name, value, help), "X")->check(number_from_zero())->capture_default_str();
}

bool OptionList::given(const char* name) const { return command_.count(name) > 0; }

int run_program(const std::vector<Command>& commands, const char* version, int argc, char** argv) {
  CLI::App program{"CNN Lab: trains the lessons' networks, and shows what they do.\n", "cnnlab"};
  program.formatter(help_layout());
  program.set_help_flag("-h,--help", "show this help");
  program.set_version_flag("--version", cnnlab::text("cnnlab ", version), "show the version");
  program.footer(
      "cnnlab COMMAND --help explains a command, with examples. A start:\n"
      "  cnnlab train --epochs 1 --out first.safetensors\n"
      "  cnnlab eval --weights first.safetensors");
  Command::Run chosen;
  std::deque<OptionList> lists;  // stays where it is while it grows
  for (const Command& command : commands) {
    CLI::App* app = program.add_subcommand(command.name, command.help);
    app->footer(command.examples);
    app->group("Commands");
    app->callback([&chosen, run = command.declare(lists.emplace_back(*app))] { chosen = run; });
  }

  const auto who = [&] {
    const auto named = program.get_subcommands();
    return named.empty() ? program.get_name() : program.get_name() + " " + named.front()->get_name();
  };
  try {
    program.parse(argc, argv);
    if (!chosen) std::cout << program.help();
    const int status = chosen ? chosen() : 0;
    check(std::cout.flush().good(), "standard output cannot be written (is the disk full?)");
    return status;
  } catch (const CLI::Success& request) {  // --help, --version
    return program.exit(request);
  } catch (const CLI::ParseError& error) {
    return complain(who(), explain(error, program), 2);
  } catch (const UsageError& error) {
    return complain(who(), error.what(), 2);
  } catch (const std::bad_alloc&) {
    return complain(who(), "not enough memory; a smaller --batch needs less", 1);
  } catch (const std::exception& error) {
    return complain(who(), error.what(), 1);
  }
}

}  // namespace cnnlab
