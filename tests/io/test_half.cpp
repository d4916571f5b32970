#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "lib/io/half.hpp"

using namespace cnnlab;

TEST_CASE("half precision converts as IEEE 754 says", "[io]") {
  CHECK(float_to_half(0.0f) == 0);
  CHECK(float_to_half(-0.0f) == 0x8000);
  CHECK(float_to_half(1.0f) == 0x3c00);
  CHECK(float_to_half(-2.0f) == 0xc000);
  CHECK(float_to_half(65504.0f) == 0x7bff);
  CHECK(float_to_half(65519.9f) == 0x7bff);
  CHECK(float_to_half(65520.0f) == 0x7c00);
  CHECK(float_to_half(0x1p-24f) == 1);
  CHECK(float_to_half(0x1p-25f) == 0);                            // a tie goes to even
  CHECK(float_to_half(0x1.8p-24f) == 2);                          // so does this one
  CHECK(float_to_half(std::nextafter(0x1p-14f, 0.0f)) == 0x400);  // rounds up to the smallest normal number
  CHECK(float_to_half(1.0f + 0x1p-11f) == 0x3c00);
  CHECK(float_to_half(1.0f + 0x3p-11f) == 0x3c02);
  CHECK(float_to_half(std::numeric_limits<float>::infinity()) == 0x7c00);
  CHECK(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
  CHECK(bfloat16_to_float(0x3f80) == 1.0f);
  CHECK(bfloat16_to_float(0xc040) == -3.0f);
}

TEST_CASE("every half survives the way to float and back", "[io]") {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = half_to_float(static_cast<uint16_t>(bits));
    if (!std::isnan(value)) REQUIRE(float_to_half(value) == bits);
  }
}
