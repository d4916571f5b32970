#include "lib/tensor/random.hpp"

#include <cmath>
#include <numbers>

namespace cnnlab {

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 − u is never 0
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

Random& default_random() {
  thread_local Random random{0};
  return random;
}

void manual_seed(uint64_t seed) { default_random() = Random{seed}; }

}  // namespace cnnlab
