#include <algorithm>
#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/data/bitmap.hpp"
#include "lib/data/raster.hpp"
#include "lib/tensor/random.hpp"

using namespace cnnlab;

namespace {

constexpr int64_t size = 100;

// A seven, `pen` pixels wide.
Tensor seven(double pen) {
  return draw_strokes({{{25, 20}, {70, 20}, {45, 80}}}, {1, {0, 0}, {0, 0}}, pen, size, size);
}

// Ink on paper as bytes: `paper` at the upper left corner, darker or lighter by `slope` at the lower right, noisy.
std::vector<uint8_t> picture(const Tensor& ink, double paper, double pen_colour, double slope = 0, double noise = 0) {
  Random random{7};
  std::vector<uint8_t> bytes;
  for (int64_t i = 0; i < ink.numel(); ++i) {
    const double share = static_cast<double>(i / size + i % size) / (2 * size);
    const double light = paper + slope * share + noise * random.normal();
    bytes.push_back(static_cast<uint8_t>(std::clamp(light + (pen_colour - paper) * double{ink.data()[i]}, 0.0, 255.0)));
  }
  return bytes;
}

float largest_difference(const Tensor& a, const Tensor& b) {
  float largest = 0;
  for (int64_t i = 0; i < a.numel(); ++i) largest = std::max(largest, std::fabs(a.data()[i] - b.data()[i]));
  return largest;
}

}  // namespace

TEST_CASE("ink is found on any paper", "[data]") {
  const Tensor ink = seven(8);
  const auto found = [&](auto... look) { return ink_from_bitmap(picture(ink, look...), size, size).value(); };
  CHECK(largest_difference(found(255, 0), ink) < 0.03f);          // black on white
  CHECK(largest_difference(found(0, 255), ink) < 0.03f);          // white on black
  CHECK(largest_difference(found(140, 90), ink) < 0.15f);         // pencil on grey
  CHECK(largest_difference(found(240, 60, -80, 0), ink) < 0.3f);  // a shadow falls over it
  CHECK(largest_difference(found(200, 60, 0, 5), ink) < 0.3f);    // a grainy photograph
}

TEST_CASE("where nothing stands out there is no ink", "[data]") {
  CHECK_FALSE(ink_from_bitmap(std::vector<uint8_t>(100, 255), 10, 10));
  CHECK_FALSE(ink_from_bitmap(std::vector<uint8_t>(100, 0), 10, 10));
  CHECK_FALSE(ink_from_bitmap(std::vector<uint8_t>{77}, 1, 1));
  CHECK_FALSE(ink_from_bitmap(picture(Tensor::zeros({size, size}), 200, 0, 0, 3), size, size));
}

TEST_CASE("spots beside the digit are dropped, strokes of it are not", "[data]") {
  Tensor ink = seven(8);
  const Tensor alone = ink.clone();
  for (int64_t at : {510, 511, 9505}) ink.data()[at] = 1;
  CHECK(largest_difference(ink_from_bitmap(picture(ink, 255, 0), size, size).value(), alone) < 0.03f);

  const Tensor bar =
      draw_strokes({{{25, 20}, {70, 20}, {45, 80}}, {{40, 92}, {60, 92}}}, {1, {0, 0}, {0, 0}}, 8, size, size);
  CHECK(largest_difference(ink_from_bitmap(picture(bar, 255, 0), size, size).value(), bar) < 0.03f);
}

TEST_CASE("a large picture is shrunk", "[data]") {
  std::vector<uint8_t> large(3000 * 1500, 250);
  for (int64_t y = 500; y < 2500; ++y) std::fill_n(large.begin() + y * 1500 + 700, 100, uint8_t{10});
  const Tensor ink = ink_from_bitmap(large, 3000, 1500).value();
  CHECK(ink.shape() == Shape{512, 256});
  CHECK(ink_box(ink, 0.5f).height() == Approx(341).margin(2));
}

TEST_CASE("a bitmap's bytes must fit its sizes", "[data]") {
  const std::vector<uint8_t> bytes(12);
  CHECK_THROWS_WITH(ink_from_bitmap(bytes, 3, 5), "bitmap: 12 bytes are not 3×5 pixels");
  CHECK_THROWS_WITH(ink_from_bitmap(bytes, 0, 5), "bitmap: 12 bytes are not 0×5 pixels");
  CHECK_THROWS_WITH(ink_from_bitmap(bytes, -3, -4), "bitmap: 12 bytes are not -3×-4 pixels");
}

TEST_CASE("stroke width is measured, and changed", "[data]") {
  for (double pen : {3.0, 6.0, 10.0}) CHECK(stroke_width(seven(pen)) == Approx(pen).epsilon(0.1).margin(0.5));
  CHECK(stroke_width(Tensor::zeros({5, 5})) == 0);
  const Tensor fits = seven(8);
  CHECK(with_stroke_width(fits, 7).data().data() == fits.data().data());  // the very same
  CHECK(stroke_width(with_stroke_width(seven(3), 9)) == Approx(9).epsilon(0.15));
  CHECK(stroke_width(with_stroke_width(seven(14), 9)) == Approx(9).epsilon(0.15));
  CHECK(stroke_width(with_stroke_width(seven(16), 2)) == Approx(8).epsilon(0.15));  // by half at most
}
