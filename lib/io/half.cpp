#include "lib/io/half.hpp"

#include <cmath>
#include <cstring>

namespace cnnlab {
namespace {

// std::bit_cast, which Emscripten 3.1.6's library lacks.
float float_from(uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
uint32_t bits_of(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

}  // namespace

// binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits; binary32: 1, 8 (bias 127), 23.

float half_to_float(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 31u, fraction = half & 0x3ffu;
  if (exponent == 31) return float_from(sign | 0x7f800000u | fraction << 13);
  if (exponent == 0) {  // zero or subnormal: fraction · 2⁻²⁴
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign ? -magnitude : magnitude;
  }
  return float_from(sign | (exponent + 127 - 15) << 23 | fraction << 13);
}

uint16_t float_to_half(float value) {
  const uint32_t bits = bits_of(value);
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) return sign | 0x7e00u;
  if (magnitude >= 65520.0f) return sign | 0x7c00u;  // half way beyond the largest half, 65504
  if (magnitude < 0x1p-14f)  // subnormal: a multiple of 2⁻²⁴ (a product by 2²⁴ is exact; nearbyint rounds ties to even)
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(std::nearbyint(magnitude * 0x1p24f)));
  // Drop 13 fraction bits, rounding; a carry moves into the exponent, which is just what it should do.
  const uint32_t m = bits & 0x7fffffffu;
  const uint32_t rounded = m + 0xfffu + (m >> 13 & 1u);
  return static_cast<uint16_t>(sign | ((rounded >> 13) - ((127u - 15u) << 10)));
}

float bfloat16_to_float(uint16_t bits) { return float_from(static_cast<uint32_t>(bits) << 16); }

}  // namespace cnnlab
