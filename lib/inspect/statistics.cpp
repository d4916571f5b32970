#include "lib/inspect/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

Statistics statistics(std::span<const float> values, int steps) {
  Statistics found{.count = static_cast<int64_t>(values.size()),
                   .histogram = std::vector<int64_t>(static_cast<size_t>(std::max(steps, 1)))};
  double sum = 0, squares = 0;
  int64_t finite = 0;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    found.minimum = finite ? std::min(found.minimum, value) : value;
    found.maximum = finite ? std::max(found.maximum, value) : value;
    found.zeros += value == 0;
    sum += static_cast<double>(value);
    ++finite;
  }
  found.not_finite = found.count - finite;
  if (finite == 0) return found;
  found.mean = sum / static_cast<double>(finite);
  const double least = static_cast<double>(found.minimum), width = static_cast<double>(found.maximum) - least;
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const double distance = static_cast<double>(value) - found.mean;
    squares += distance * distance;
    const double place = width > 0 ? (static_cast<double>(value) - least) / width * steps : 0;
    ++found.histogram[std::min(static_cast<size_t>(place), found.histogram.size() - 1)];
  }
  found.deviation = std::sqrt(squares / static_cast<double>(finite));
  return found;
}

}  // namespace cnnlab
