#include <algorithm>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include "lib/data/augment.hpp"

using namespace cnnlab;

namespace {

constexpr AugmentOptions nothing{
    .shift = 0, .scale = 0, .stretch = 0, .rotation = 0, .shear = 0, .warp = 0, .thickness = 0};

// A bright bar, 4 wide and 12 high, in the middle of 28×28.
std::vector<uint8_t> bar() {
  std::vector<uint8_t> image(784);
  for (int y = 8; y < 20; ++y)
    for (int x = 12; x < 16; ++x) image[y * 28 + x] = 255;
  return image;
}

std::vector<float> distort(const AugmentOptions& options, uint64_t seed) {
  std::vector<float> out(784);
  augment(options, Random{seed}, bar(), 1, 28, 28, out);
  return out;
}

float ink(const std::vector<float>& image) { return std::accumulate(image.begin(), image.end(), 0.0f); }

double centre_x(const std::vector<float>& image) {
  double sum = 0;
  for (int i = 0; i < 784; ++i) sum += double{image[i]} * (i % 28);
  return sum / ink(image);
}

}  // namespace

TEST_CASE("with every distortion off, augmentation only divides by 255", "[data]") {
  std::vector<uint8_t> image(2 * 3 * 4);
  std::iota(image.begin(), image.end(), uint8_t{9});
  std::vector<float> out(image.size());
  augment(nothing, Random{1}, image, 2, 3, 4, out);
  for (size_t i = 0; i < out.size(); ++i) CHECK(out[i] == Approx(image[i] / 255.0).margin(1e-6));
}

TEST_CASE("augmentation is a function of its random key and stays in range", "[data]") {
  CHECK(distort({}, 1) == distort({}, 1));
  CHECK(distort({}, 1) != distort({}, 2));
  const AugmentOptions wild{
      .shift = 30, .scale = 0.9, .stretch = 0.9, .rotation = 180, .shear = 3, .warp = 20, .thickness = 1};
  for (uint64_t seed = 0; seed < 500; ++seed)
    for (float value : distort(wild, seed)) REQUIRE((value >= 0 && value <= 1));
}

TEST_CASE("each distortion does what its name says", "[data]") {
  const double before = centre_x(distort(nothing, 0));
  const float ink_before = ink(distort(nothing, 0));
  double least = 99, most = 0, least_scaled = 1e9, most_scaled = 0, thin = 1e9, thick = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    AugmentOptions shift = nothing, scale = nothing, shear = nothing, thickness = nothing, rotation = nothing;
    shift.shift = 2;
    scale.scale = 0.2;
    shear.shear = 0.3;
    thickness.thickness = 0.5;
    rotation.rotation = 20;
    least = std::min(least, centre_x(distort(shift, seed)) - before);
    most = std::max(most, centre_x(distort(shift, seed)) - before);
    const double area = ink(distort(scale, seed)) / ink_before;
    least_scaled = std::min(least_scaled, area);
    most_scaled = std::max(most_scaled, area);
    thin = std::min<double>(thin, ink(distort(thickness, seed)));
    thick = std::max<double>(thick, ink(distort(thickness, seed)));
    // Shearing and turning move no ink away, and the centre stays.
    CHECK(ink(distort(shear, seed)) == Approx(ink_before).epsilon(0.02));
    CHECK(ink(distort(rotation, seed)) == Approx(ink_before).epsilon(0.02));
    CHECK(centre_x(distort(rotation, seed)) == Approx(before).margin(0.1));
  }
  CHECK(least == Approx(-2).margin(0.1));
  CHECK(most == Approx(2).margin(0.1));
  CHECK(least_scaled == Approx(0.64).margin(0.05));
  CHECK(most_scaled == Approx(1.44).margin(0.05));
  // Half a pixel on each of the four sides.
  CHECK(thin == Approx(ink_before - 0.5 * 28).margin(1.0));
  CHECK(thick == Approx(ink_before + 0.5 * 32).margin(1.0));
}

TEST_CASE("a crop moves an image over zeros, by up to the padding, and mirrors half of them", "[data]") {
  // 3×4 pixels of two channels, all different and none 0.
  std::vector<uint8_t> image(24);
  std::iota(image.begin(), image.end(), uint8_t{1});
  const CropOptions options{.padding = 2};
  const auto at = [&](int64_t c, int64_t y, int64_t x) {
    return y >= 0 && y < 3 && x >= 0 && x < 4 ? static_cast<float>(image[(c * 3 + y) * 4 + x]) / 255.0f : 0.0f;
  };
  const auto expected = [&](int64_t down, int64_t right, bool mirrored) {
    std::vector<float> out;
    for (int64_t c = 0; c < 2; ++c)
      for (int64_t y = 0; y < 3; ++y)
        for (int64_t x = 0; x < 4; ++x) out.push_back(at(c, y + down, (mirrored ? 3 - x : x) + right));
    return out;
  };
  std::vector<int> seen(50);
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    std::vector<float> out(24);
    crop(options, Random{seed}, image, 2, 3, 4, out);
    int matches = 0;
    for (int64_t i = 0; i < 50; ++i)
      if (out == expected(i / 10 - 2, i / 2 % 5 - 2, i % 2 == 1)) ++matches, ++seen[i];
    CHECK(matches == 1);
  }
  CHECK(std::all_of(seen.begin(), seen.end(),
                    [](int count) { return count > 10 && count < 80; }));  // 40 each, on average
  std::vector<float> out(24);
  for (uint64_t seed = 0; seed < 50; ++seed) {
    crop({.padding = 0, .flip = false}, Random{seed}, image, 2, 3, 4, out);
    CHECK(out == expected(0, 0, false));
  }
}
