#pragma once
#include <cstdint>

namespace cnnlab {

/// IEEE 754 binary16 and bfloat16, as bit patterns. To 16 bits values are rounded to the nearest, ties to even; what is
/// too large becomes infinity, NaN stays NaN.
float half_to_float(uint16_t half);
uint16_t float_to_half(float value);
float bfloat16_to_float(uint16_t bits);

}  // namespace cnnlab
