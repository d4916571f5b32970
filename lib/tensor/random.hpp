#pragma once
#include <cstdint>
#include <initializer_list>

#include "lib/tensor/device_code.hpp"

namespace cnnlab {

/// Random numbers that are the same on every platform (the standard library's distributions are not).
///
/// A generator is made from a list of keys: a seed and what it is for. So the shuffle of epoch 7, or the augmentation
/// of image 1,234 in it, is a function of (seed, 7) or (seed, 7, 1234): it needs no stored state, and threads that
/// work on different images cannot disturb each other.
///
/// Algorithm: xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021),
/// its state filled by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the keys. All in this header, so that
/// a graphics card's kernels draw the same numbers.
class Random {
 public:
  CNNLAB_KERNEL explicit Random(std::initializer_list<uint64_t> keys) {
    // Each key is mixed into the state that the keys before it left, so (1, 2) and (2, 1) differ.
    uint64_t mixed = keys.size();
    for (const uint64_t key : keys) {
      mixed ^= key;
      mixed = split_mix(mixed);
    }
    for (uint64_t& word : state_) word = split_mix(mixed);
  }

  CNNLAB_KERNEL uint64_t bits() {
    auto& s = state_;
    const uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
  }
  /// Uniform in [0, 1), 53 bits.
  CNNLAB_KERNEL double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  CNNLAB_KERNEL double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box and Muller 1958).
  double normal();
  /// Uniform in 0 … n − 1, without bias (Lemire 2019); n > 0.
  CNNLAB_KERNEL uint64_t below(uint64_t n) {
    // The high 64 bits of bits() · n would be uniform if 2^64 were a multiple of n; the low bits tell when to try
    // again.
    __extension__ using uint128 = unsigned __int128;  // -Wpedantic: not ISO C++
    uint128 product = static_cast<uint128>(bits()) * n;
    if (static_cast<uint64_t>(product) < n) {
      for (const uint64_t threshold = -n % n; static_cast<uint64_t>(product) < threshold;)
        product = static_cast<uint128>(bits()) * n;
    }
    return static_cast<uint64_t>(product >> 64);
  }

 private:
  CNNLAB_KERNEL static uint64_t split_mix(uint64_t& state) {
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // std::rotl is none of a card's functions.
  CNNLAB_KERNEL static uint64_t rotate_left(uint64_t word, int places) {
    return (word << places) | (word >> (64 - places));
  }

  uint64_t state_[4];
};

/// The generator that initialises parameters, restarted by `manual_seed` (torch.manual_seed's counterpart).
/// One for each thread.
Random& default_random();
void manual_seed(uint64_t seed);

}  // namespace cnnlab
