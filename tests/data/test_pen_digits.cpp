#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "lib/data/digit.hpp"
#include "lib/data/loader.hpp"
#include "lib/data/pen_digits.hpp"

using namespace cnnlab;

namespace {

// The rows and columns with ink: {height, width}.
std::pair<int, int> extent(const std::vector<uint8_t>& image) {
  int top = 28, bottom = -1, left = 28, right = -1;
  for (int y = 0; y < 28; ++y)
    for (int x = 0; x < 28; ++x)
      if (image[static_cast<size_t>(y * 28 + x)] > 0) {
        top = std::min(top, y), bottom = std::max(bottom, y);
        left = std::min(left, x), right = std::max(right, x);
      }
  return {bottom - top + 1, right - left + 1};
}

}  // namespace

TEST_CASE("a pen digit is in MNIST's form: 20 pixels long, its mass in the middle", "[data]") {
  for (int digit = 0; digit <= 9; ++digit)
    for (uint64_t key = 0; key < 50; ++key) {
      Random random{7, static_cast<uint64_t>(digit), key};
      const std::vector<uint8_t> image = draw_pen_digit(digit, random);
      REQUIRE(image.size() == 784);
      const auto [height, width] = extent(image);
      CAPTURE(digit, key, height, width);
      // Up to 22: the edges of 20 pixels of line, placed anywhere, are anti-aliased.
      CHECK(std::max(height, width) >= 20);
      CHECK(std::max(height, width) <= 22);
      double mass = 0, x_sum = 0, y_sum = 0;
      for (int i = 0; i < 784; ++i) {
        const double ink = image[static_cast<size_t>(i)];
        mass += ink, x_sum += ink * (i % 28 + 0.5), y_sum += ink * (i / 28 + 0.5);
      }
      // By whole pixels, so up to half a pixel off.
      CHECK(std::fabs(x_sum / mass - mnist_mass_centre) <= 0.51);
      CHECK(std::fabs(y_sum / mass - mnist_mass_centre) <= 0.51);
    }
}

TEST_CASE("pen digits are written in several ways, each a function of the generator", "[data]") {
  // As strings: GCC 12 takes fright at the order of byte vectors.
  const auto drawn = [](Random& random) {
    const auto image = draw_pen_digit(7, random);
    return std::string(image.begin(), image.end());
  };
  std::set<std::string> images;
  std::set<size_t> stroke_counts;
  for (uint64_t key = 0; key < 40; ++key) {
    Random first{key}, again{key}, strokes{key};
    images.insert(drawn(first));
    CHECK(images.contains(drawn(again)));
    stroke_counts.insert(write_digit(7, strokes).size());
  }
  CHECK(images.size() == 40);
  CHECK(stroke_counts == std::set<size_t>{1, 2});  // without a bar and with one
}

TEST_CASE("only digits can be written", "[data]") {
  Random random{1};
  CHECK_THROWS_WITH(write_digit(10, random), "write_digit: 10 is not a digit");
}

TEST_CASE("the loader redraws the share of images that it is told to", "[data]") {
  Dataset data{.name = "black", .height = 28, .width = 28};
  data.images.assign(784 * 400, 0);
  data.labels.assign(400, 3);
  const AugmentOptions redraw{
      .shift = 0, .scale = 0, .stretch = 0, .rotation = 0, .shear = 0, .warp = 0, .thickness = 0, .redraw = 0.25};
  Loader loader(data, {.batch_size = 400, .augment = redraw});
  const Batch batch = loader.batch(0, 0);
  int drawn = 0;
  for (int i = 0; i < 400; ++i) {
    const auto image = batch.images.data().subspan(static_cast<size_t>(i) * 784, 784);
    drawn += std::any_of(image.begin(), image.end(), [](float ink) { return ink > 0; });
  }
  CHECK(drawn > 100 - 4 * 9);  // binomial: standard deviation 8.7
  CHECK(drawn < 100 + 4 * 9);
}

TEST_CASE("only 28×28 grey digits can be redrawn", "[data]") {
  Dataset data{.name = "wide", .height = 6, .width = 5};
  data.images.assign(30, 0);
  data.labels.assign(1, 0);
  CHECK_THROWS_WITH(Loader(data, {.augment = AugmentOptions{.redraw = 0.1}}),
                    "loader: only 28×28 grey digits can be redrawn; data set 'wide' has images of 1×6×5 in 10 classes");
}
