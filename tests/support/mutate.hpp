#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/tensor/random.hpp"

namespace cnnlab::testing {

/// A copy of `bytes` with a few random changes: bits flipped, bytes set to extreme values, pieces cut out or doubled.
/// For parsers, which must answer every file with a result or an Error.
inline std::vector<uint8_t> mutate(std::vector<uint8_t> bytes, uint64_t seed) {
  Random random{seed};
  for (uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const auto at = static_cast<std::ptrdiff_t>(random.below(bytes.size()));
    const auto run = static_cast<std::ptrdiff_t>(random.below(1 + std::min<uint64_t>(16, bytes.size() - at)));
    switch (random.below(5)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1u << random.below(8));
        break;
      case 1:
        bytes[at] = random.below(2) ? 0xff : 0;
        break;
      case 2:
        bytes[at] = static_cast<uint8_t>(random.bits());
        break;
      case 3:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + run);
        break;
      default: {
        const std::vector<uint8_t> piece(bytes.begin() + at, bytes.begin() + at + run);
        bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
      }
    }
  }
  return bytes;
}

}  // namespace cnnlab::testing
