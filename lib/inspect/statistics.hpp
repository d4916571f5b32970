#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab {

/// What many numbers are like. Those that are not finite are counted, and left out of all the rest.
struct Statistics {
  int64_t count = 0, zeros = 0, not_finite = 0;
  float minimum = 0, maximum = 0;
  double mean = 0, deviation = 0;  ///< deviation: the square root of the mean squared distance from the mean
  std::vector<int64_t> histogram;  ///< how many lie in each of so many equal steps from minimum to maximum
};

Statistics statistics(std::span<const float> values, int steps = 24);

}  // namespace cnnlab
