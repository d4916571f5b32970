#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>

namespace cnnlab {

/// Random numbers that are the same on every platform (the standard library's distributions are not).
///
/// A generator is made from a list of keys: a seed and what it is for. So the shuffle of epoch 7, or the augmentation
/// of image 1,234 in it, is a function of (seed, 7) or (seed, 7, 1234): it needs no stored state, and threads that
/// work on different images cannot disturb each other.
///
/// Algorithm: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021),
/// its state filled by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the keys.
class Random {
 public:
  explicit Random(std::initializer_list<uint64_t> keys);

  uint64_t bits();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box and Muller 1958).
  double normal();
  /// Uniform in 0 … n − 1, without bias (Lemire 2019); n > 0.
  uint64_t below(uint64_t n);

 private:
  std::array<uint64_t, 4> state_;
};

/// The generator that initialises parameters, restarted by `manual_seed` (torch.manual_seed's counterpart).
/// One for each thread.
Random& default_random();
void manual_seed(uint64_t seed);

}  // namespace cnnlab
