#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/data/raster.hpp"

using namespace cnnlab;

namespace {

constexpr Placement as_is{1, {0, 0}, {0, 0}};

float sum(const Tensor& raster) { return std::accumulate(raster.data().begin(), raster.data().end(), 0.0f); }

Tensor raster(int64_t height, int64_t width, std::vector<float> ink) { return Tensor({height, width}, ink); }

std::vector<float> values(const Tensor& tensor) { return {tensor.data().begin(), tensor.data().end()}; }

}  // namespace

TEST_CASE("a stroke is drawn as wide as its pen, with round ends", "[data]") {
  const Tensor line = draw_strokes({{{10, 20}, {30, 20}}}, as_is, 4, 40, 40);
  CHECK(sum(line) == Approx(20 * 4 + std::numbers::pi * 4).epsilon(0.02));
  CHECK(line.data()[20 * 40 + 20] == 1);
  CHECK(line.data()[16 * 40 + 20] == 0);
  const Point mass = centre_of_mass(line);
  CHECK(mass.x == Approx(20));
  CHECK(mass.y == Approx(20));
  const Box box = ink_box(line, 0.05f);
  CHECK(box.left == 8);
  CHECK(box.right == 32);
  CHECK(box.height() == 4);
}

TEST_CASE("strokes are placed and scaled; what lies outside is cut off", "[data]") {
  const std::vector<Stroke> dot = {{{5, 5}}};
  const Point mass = centre_of_mass(draw_strokes(dot, {2, {5, 5}, {7, 8}}, 3, 20, 20));
  CHECK(mass.x == Approx(7).margin(1e-5));
  CHECK(mass.y == Approx(8).margin(1e-5));
  CHECK(sum(draw_strokes(dot, {2, {5, 5}, {-70, 8}}, 3, 20, 20)) == 0);
  CHECK(sum(draw_strokes({{{-1e6, 3}, {1e6, 3}}}, as_is, 2, 6, 5)) == Approx(10));
  CHECK(sum(draw_strokes({}, as_is, 2, 6, 5)) == 0);
}

TEST_CASE("resampling keeps the ink and its place", "[data]") {
  const Tensor line = draw_strokes({{{10, 12}, {30, 30}}}, as_is, 4, 40, 40);
  for (double scale : {0.25, 0.4, 1.0, 1.7}) {
    const Tensor out = resample(line, {scale, {20, 21}, {35, 36}}, 70, 70);
    CHECK(sum(out) == Approx(sum(line) * scale * scale).epsilon(0.02));
    CHECK(centre_of_mass(out).x == Approx(35).margin(0.02));
    CHECK(centre_of_mass(out).y == Approx(36).margin(0.02));
  }
  CHECK(values(resample(line, as_is, 40, 40)) == values(line));
  CHECK(values(resample(raster(1, 4, {0, 1, 1, 0}), {0.5, {0, 0}, {0, 0}}, 1, 2)) == std::vector<float>{0.25f, 0.25f});
}

TEST_CASE("rasters are cut and pasted", "[data]") {
  const Tensor small = raster(2, 2, {0.1f, 0.2f, 0.3f, 0.4f});
  CHECK(values(cut(small, 1, 0, 2, 2)) == std::vector<float>{0.3f, 0.4f});
  Tensor into = Tensor::zeros({2, 3});
  paste(small, 1, -1, into);
  CHECK(values(into) == std::vector<float>{0, 0, 0, 0.2f, 0, 0});
  paste(small, 5, 5, into);
  CHECK(values(into) == std::vector<float>{0, 0, 0, 0.2f, 0, 0});
}

TEST_CASE("an empty raster has no box, and its middle as centre of mass", "[data]") {
  const Tensor empty = Tensor::zeros({4, 6});
  CHECK(ink_box(empty, 0).longer() == 0);
  CHECK(centre_of_mass(empty).x == 3);
  CHECK(centre_of_mass(empty).y == 2);
  for (float value : distance_to_ink(empty).data()) CHECK(std::isinf(value));
}

TEST_CASE("the distance transform finds the nearest ink", "[data]") {
  const int64_t height = 9, width = 12;
  Tensor ink = Tensor::zeros({height, width});
  for (int64_t at : {5, 17, 64, 65, 100}) ink.data()[at] = 1;
  const Tensor distance = distance_to_ink(ink);
  for (int64_t i = 0; i < ink.numel(); ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (int64_t j = 0; j < ink.numel(); ++j)
      if (ink.data()[j] == 1)
        nearest = std::min(nearest, std::hypot(double(i / width - j / width), double(i % width - j % width)));
    CHECK(distance.data()[i] == Approx(nearest));
  }
}
