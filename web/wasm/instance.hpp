#pragma once
#include <string_view>

#include <nlohmann/json.hpp>

#include "web/lab/lab.hpp"

namespace cnnlab {

/// The lab of this instance of the program.
Lab& lab();

/// JSON's own errors name positions in a text that nobody sees; these say what was wrong. `what`: "stages".
nlohmann::json parse_object(std::string_view text, const char* what);

}  // namespace cnnlab
