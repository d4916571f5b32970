#pragma once
#include <string>

#include "web/lab/step/explain.hpp"
#include "web/lab/strings.hpp"

namespace cnnlab {

/// The formula that makes a number, with the numbers in it: "0.31·0.82 + (−0.11)·0.4 + 0.02 (397 others) + 0.1 (bias) =
/// 0.33". Long sums show their largest terms. The trace's current step is the one that is explained.
std::string sum_text(const Trace& trace, const Explanation& explanation, Language language);

}  // namespace cnnlab
