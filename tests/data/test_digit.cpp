#include <cmath>
#include <limits>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/data/digit.hpp"
#include "lib/tensor/random.hpp"

using namespace cnnlab;

namespace {

const std::vector<Stroke> seven = {{{60, 50}, {150, 50}, {90, 190}}};

std::vector<Stroke> moved(double scale, double dx, double dy) {
  std::vector<Stroke> strokes = seven;
  for (Point& p : strokes[0]) p = {scale * p.x + dx, scale * p.y + dy};
  return strokes;
}

std::vector<float> values(const Tensor& tensor) { return {tensor.data().begin(), tensor.data().end()}; }

float sum(const Tensor& raster) { return std::accumulate(raster.data().begin(), raster.data().end(), 0.0f); }

void check_well_formed(const Digit& digit) {
  CHECK(digit.image.shape() == Shape{28, 28});
  for (const Tensor* stage : {&digit.raw, &digit.cropped, &digit.scaled, &digit.image}) {
    CHECK(stage->numel() > 0);
    for (float value : stage->data()) REQUIRE((value >= 0 && value <= 1));
  }
}

}  // namespace

TEST_CASE("a drawing is brought to MNIST's form", "[data]") {
  const Digit digit = digit_from_strokes(seven, 280).value();
  check_well_formed(digit);
  CHECK(digit.raw.shape() == Shape{112, 112});
  const Box box = ink_box(digit.image, 0.05f);
  CHECK(box.height() == 20);  // the longer side
  CHECK(digit.scaled.size(0) == 20);
  const Point mass = centre_of_mass(digit.image);  // to the nearest whole pixel
  CHECK(mass.x == Approx(14.5).margin(0.51));
  CHECK(mass.y == Approx(14.5).margin(0.51));
}

TEST_CASE("place and size of a drawing do not matter", "[data]") {
  const std::vector<float> image = values(digit_from_strokes(seven, 280)->image);
  for (const auto& strokes : {moved(1, 30, -20), moved(0.4, 3, 100), moved(1.3, 0, 0)}) {
    const std::vector<float> other = values(digit_from_strokes(strokes, 280)->image);
    for (size_t i = 0; i < image.size(); ++i) REQUIRE(other[i] == Approx(image[i]).margin(1e-4));
  }
  // Nor does the unit.
  const std::vector<float> tiny = values(digit_from_strokes(moved(1e-12, 7e-10, 0))->image);
  for (size_t i = 0; i < image.size(); ++i) REQUIRE(tiny[i] == Approx(image[i]).margin(1e-3));
}

TEST_CASE("each step can be left out", "[data]") {
  const auto with = [](DigitOptions options) { return digit_from_strokes(moved(0.5, 0, 0), 280, options).value(); };
  const Digit none = with({.crop = false, .scale = false, .center = false});
  check_well_formed(none);
  CHECK(none.scaled.shape() == Shape{28, 28});
  CHECK(values(none.image) == values(none.scaled));
  const Box box = ink_box(none.image, 0.5f);  // a tenth of the pad's 280 units, from (30, 25) to (75, 95)
  CHECK(box.left == Approx(2).margin(1));
  CHECK(box.bottom == Approx(10.5).margin(1));

  const Digit centred = with({.crop = false, .scale = false, .center = true});
  CHECK(centre_of_mass(centred.image).x == Approx(14.5).margin(0.51));
  CHECK(ink_box(centred.image, 0.5f).height() == box.height());
  const Digit cropped = with({.crop = true, .scale = false, .center = false});
  CHECK(ink_box(cropped.image, 0.05f).centre().y == Approx(14).margin(0.51));
  const Digit small = with({.crop = false, .scale = true, .center = false});
  CHECK(small.scaled.shape() == Shape{20, 20});
}

TEST_CASE("nothing drawn is no digit", "[data]") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  CHECK_FALSE(digit_from_strokes({}, 280));
  CHECK_FALSE(digit_from_strokes({{}, {}}, 280));
  CHECK_FALSE(digit_from_strokes({{{nan, 1}, {1, infinite}, {1e70, 0}}}, 280));
  CHECK_FALSE(digit_from_bitmap(std::vector<uint8_t>(784, 255), 28, 28));
}

TEST_CASE("no drawing breaks it", "[data]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<Stroke>> drawings = {
      {{{100, 100}}},                                 // a dot
      {{{100, 100}}, {{100, 100}, {100, 100}}},       // the same again
      {{{-1e59, -1e59}, {1e59, 1e59}}},               // huge
      {{{0, 0}, {1e-200, 1e-200}}},                   // tiny
      {{{1e50, 0}, {1e50, 1}}},                       // far away
      {{{5, nan}, {60, 50}, {nan, nan}, {150, 50}}},  // holes
      {{{0, 0}, {280, 0}}},
      {{{0, 0}, {0, 280}}},  // flat
  };
  for (const auto& strokes : drawings)
    for (double pad : {0.0, 280.0, -1.0, 1e-300, nan})
      for (int steps = 0; steps < 8; ++steps) {
        const DigitOptions options{.crop = (steps & 1) != 0, .scale = (steps & 2) != 0, .center = (steps & 4) != 0};
        const auto digit = digit_from_strokes(strokes, pad, options);
        REQUIRE(digit);
        check_well_formed(*digit);
      }
  const Digit dot = digit_from_strokes({{{100, 100}}}, 280).value();
  const double radius = DigitOptions{}.pen / 2;
  CHECK(sum(dot.image) == Approx(std::acos(-1.0) * radius * radius).epsilon(0.15));
}

TEST_CASE("a drawing of millions of points takes bounded time", "[data]") {
  Random random{1};
  Stroke scribble(1'000'000);
  for (Point& p : scribble) p = {random.uniform(0, 280), random.uniform(0, 280)};
  const Digit digit = digit_from_strokes({scribble}, 280).value();
  check_well_formed(digit);
  CHECK(sum(digit.image) > 300);
  // Each point a stroke of its own.
  std::vector<Stroke> dots;
  for (size_t i = 0; i < 200'000; ++i) dots.push_back({scribble[i]});
  check_well_formed(digit_from_strokes(dots, 280).value());
}

TEST_CASE("a picture of a drawing becomes the same digit", "[data]") {
  // A picture's strokes are changed only when they are more than a third off: here they are near this pen's.
  const DigitOptions options{.pen = 2.5};
  const Digit drawn = digit_from_strokes(seven, 280, options).value();
  for (const bool dark : {true, false}) {
    std::vector<uint8_t> grey;
    for (float ink : drawn.raw.data()) grey.push_back(static_cast<uint8_t>(dark ? 255 - 255 * ink : 255 * ink));
    const Digit read = digit_from_bitmap(grey, 112, 112, options).value();
    check_well_formed(read);
    CHECK(ink_box(read.image, 0.05f).height() == 20);
    double difference = 0;
    for (int64_t i = 0; i < 784; ++i) difference += std::fabs(read.image.data()[i] - drawn.image.data()[i]);
    CHECK(difference < 0.25 * double{sum(drawn.image)});
  }
}

TEST_CASE("a digit in MNIST's form stays as it is", "[data]") {
  const Tensor image = digit_from_strokes(seven, 280)->image;
  std::vector<uint8_t> grey;
  for (float ink : image.data()) grey.push_back(static_cast<uint8_t>(std::lround(255 * ink)));
  const Tensor again = digit_from_bitmap(grey, 28, 28)->image;
  for (int64_t i = 0; i < 784; ++i) CHECK(again.data()[i] == Approx(image.data()[i]).margin(0.03));
}

TEST_CASE("random pictures never break it", "[data]") {
  Random random{3};
  for (int round = 0; round < 300; ++round) {
    const auto height = static_cast<int64_t>(1 + random.below(40)), width = static_cast<int64_t>(1 + random.below(40));
    std::vector<uint8_t> grey(static_cast<size_t>(height * width));
    const uint64_t colours = 1 + random.below(256);
    for (uint8_t& pixel : grey) pixel = static_cast<uint8_t>(random.below(colours) * 255 / colours);
    for (int steps = 0; steps < 8; ++steps)
      if (const auto digit = digit_from_bitmap(
              grey, height, width, {.crop = (steps & 1) != 0, .scale = (steps & 2) != 0, .center = (steps & 4) != 0}))
        check_well_formed(*digit);
  }
}
