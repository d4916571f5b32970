#include "lib/tensor/random.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace cnnlab {
namespace {

uint64_t split_mix(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::initializer_list<uint64_t> keys) {
  // Each key is mixed into the state that the keys before it left, so (1, 2) and (2, 1) differ.
  uint64_t mixed = keys.size();
  for (uint64_t key : keys) {
    mixed ^= key;
    mixed = split_mix(mixed);
  }
  for (uint64_t& word : state_) word = split_mix(mixed);
}

uint64_t Random::bits() {
  auto& s = state_;
  const uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 − u is never 0
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

uint64_t Random::below(uint64_t n) {
  // The high 64 bits of bits() · n would be uniform if 2^64 were a multiple of n; the low bits tell when to try again.
  __extension__ using uint128 = unsigned __int128;  // -Wpedantic: not ISO C++
  uint128 product = static_cast<uint128>(bits()) * n;
  if (static_cast<uint64_t>(product) < n)
    for (const uint64_t threshold = -n % n; static_cast<uint64_t>(product) < threshold;)
      product = static_cast<uint128>(bits()) * n;
  return static_cast<uint64_t>(product >> 64);
}

Random& default_random() {
  thread_local Random random{0};
  return random;
}

void manual_seed(uint64_t seed) { default_random() = Random{seed}; }

}  // namespace cnnlab
