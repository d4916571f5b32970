#pragma once
#include <string>

#include "web/lab/step/moves.hpp"

// What the text of the lessons' sources tells about their lines. It is C++ as people write it, read line by line: where
// a line is written otherwise, there is no answer, and callers do without.
namespace cnnlab {

/// The variable that a line gives its value to: "five" for "five = branch5x5_2(five);"; "return" for what it returns;
/// "" when it does neither.
std::string variable_name(const Place& place);

/// The first line of the function that a line stands in; line 0 when that cannot be told.
Place function_header(const Place& place);

/// The name of a function's only argument that is a Variable, or "": "x" for "Variable forward(Variable x) override {".
std::string parameter_name(const Place& header);

}  // namespace cnnlab
