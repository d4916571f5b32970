#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/tensor/error.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cnnlab {

/// The program was called the wrong way: exit status 2. All other errors are exit status 1.
struct UsageError : Error {
  using Error::Error;
};

/// What a command can be told. Each option is read into a variable, which must outlive the reading; what the variable
/// holds before is the default and stands in the help. A value that breaks the rule is an error that states rule and
/// value. (A thin layer over CLI11, whose headers take long to compile.)
class OptionList {
 public:
  explicit OptionList(CLI::App& command) : command_(command) {}

  void flag(const char* name, bool& value, const std::string& help);
  void text(const char* name, const char* kind, std::string& value, const std::string& help);
  /// May be given many times, or with many values.
  void texts(const char* name, const char* kind, std::vector<std::string>& values, const std::string& help);
  /// What stands without a name; at least one.
  void positional(const char* kind, std::vector<std::string>& values, const std::string& help);
  void one_of(const char* name, std::string& value, const std::vector<std::string>& names, const std::string& help);
  void whole(const char* name, int64_t& value, int64_t least, int64_t most, const std::string& help);
  /// Without a default.
  void whole(const char* name, std::optional<int64_t>& value, int64_t least, int64_t most, const std::string& help);
  /// A number that is not negative.
  void number(const char* name, double& value, const std::string& help);

  /// Whether the option stood in the command line.
  bool given(const char* name) const;

 private:
  CLI::App& command_;
};

constexpr int64_t any_number = INT64_MAX;

/// A command of the program. `declare` lists its options and returns what it does once they were read; that returns the
/// exit status.
struct Command {
  using Run = std::function<int()>;
  const char* name;
  const char* help;
  const char* examples;
  std::function<Run(OptionList&)> declare;
};

/// Reads the command line, runs the command, and tells errors in one line on stderr. Returns the exit status.
int run_program(const std::vector<Command>& commands, const char* version, int argc, char** argv);

}  // namespace cnnlab
