#include <limits>

#include <catch2/catch.hpp>

#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

Tensor of(std::vector<float> values) { return Tensor({2, 2}, values); }
constexpr float inf = std::numeric_limits<float>::infinity(), not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("difference is empty within either tolerance") {
  CHECK(difference(of({1, 2, 3, 4}), of({1, 2, 3, 4}), {0, 0}) == "");
  CHECK(difference(of({0.001f, 2, 3, 4}), of({0, 2, 3, 4}), {.absolute = 0.002, .relative = 0}) == "");
  CHECK(difference(of({0, 2, 3, 1010}), of({0, 2, 3, 1000}), {.absolute = 0, .relative = 0.011}) == "");
  CHECK(difference(of({inf, -inf, not_a_number, 0}), of({inf, -inf, not_a_number, -0.f})) == "");
}

TEST_CASE("difference names the worst element, its place and both values") {
  CHECK(difference(of({1, 2.5f, 3, 8}), of({1, 2, 3, 4}), {.absolute = 0.25, .relative = 0}) ==
        "2 of 4 differ; worst at (1, 1): got 8, expected 4, 16 times the allowed difference");
  // The worst is relative to what is allowed there: 1 off at 1,000 is less than 0.5 off at 2.
  CHECK(difference(of({1001, 2.5f, 3, 4}), of({1000, 2, 3, 4}), {.absolute = 0, .relative = 0.125}) ==
        "1 of 4 differ; worst at (0, 1): got 2.5, expected 2, 2 times the allowed difference");
}

TEST_CASE("difference finds what is not finite on one side alone") {
  CHECK(difference(of({1, not_a_number, 3, 4}), of({1, 2, 3, 4})) ==
        "1 of 4 differ; worst at (0, 1): got nan, expected 2, inf times the allowed difference");
  CHECK(difference(of({1, 2, 3, 4}), of({1, 2, 3, not_a_number})) != "");
  CHECK(difference(of({1, 2, 3, 4}), of({1, 2, 3, inf})) != "");
  CHECK(difference(of({1, 2, 3, -inf}), of({1, 2, 3, inf})) != "");
  CHECK(difference(of({1, 2, 3, inf}), of({1, 2, 3, 4})) != "");
}

TEST_CASE("difference compares shapes first") {
  CHECK(difference(of({1, 2, 3, 4}), Tensor({4}, std::vector<float>{1, 2, 3, 4})) == "shape (2, 2), expected (4,)");
}

TEST_CASE("bit_difference sees the last bit and the sign of zero") {
  CHECK(bit_difference(of({1, not_a_number, 3, 4}), of({1, not_a_number, 3, 4})) == "");
  CHECK(bit_difference(of({1, 2, 3, 0}), of({1, 2, 3, -0.f})) == "first differ at (1, 1): got 0, expected -0");
  CHECK(bit_difference(of({1, 1.0000001f, 3, 4}), of({1, 1, 3, 4})) ==
        "first differ at (0, 1): got 1.00000012, expected 1");
}
