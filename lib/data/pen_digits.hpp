#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "lib/data/raster.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

/// The strokes of a digit as a hand might write it. MNIST was written in the United States; elsewhere a 1 has a flag, a
/// 7 a bar, a 9 a hook, and people who draw on a screen write all of them. Each call picks one of the usual ways to
/// write the digit, bends it (every point moved a little, proportions and slant changed) and joins its points by smooth
/// curves. In a box of about 1 × 1, y down. `digit` is 0 … 9.
std::vector<Stroke> write_digit(int digit, Random& random);

/// Such a digit in MNIST's form, bytes (28, 28): the longer side 20 pixels, the centre of mass in the middle, the pen
/// between MNIST's thin and thick ones.
std::vector<uint8_t> draw_pen_digit(int digit, Random& random);

}  // namespace cnnlab
