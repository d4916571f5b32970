#pragma once
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

namespace cnnlab {

/// Help pages: eighty columns, long explanations wrapped.
std::shared_ptr<CLI::Formatter> help_layout();

/// A CLI11 error as one line that says what is wrong and what to do, suggesting the nearest name for one misspelt.
std::string explain(const CLI::ParseError& error, const CLI::App& program);

}  // namespace cnnlab
