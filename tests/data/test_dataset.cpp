#include <catch2/catch.hpp>

#include "lib/data/dataset.hpp"

using namespace cnnlab;

namespace {
Dataset piece(int64_t height, std::vector<uint8_t> labels) {
  Dataset data{.name = "piece", .height = height, .width = 2};
  data.images.resize(labels.size() * static_cast<size_t>(data.pixels()), 7);
  data.labels = std::move(labels);
  return data;
}
}  // namespace

TEST_CASE("a data set grows piece by piece", "[data]") {
  Dataset data{.name = "mnist"};
  data.append(piece(3, {1, 2}));
  data.reserve(3);
  const uint8_t* place = data.images.data();
  data.append(piece(3, {9}));
  CHECK(data.images.data() == place);  // reserved: not copied
  CHECK(data.size() == 3);
  CHECK(data.height == 3);
  CHECK(data.image(2).size() == 6);
  CHECK(data.labels == std::vector<uint8_t>{1, 2, 9});
}

TEST_CASE("a piece that does not fit is refused and changes nothing", "[data]") {
  Dataset data{.name = "mnist"};
  data.append(piece(3, {1, 2}));
  CHECK_THROWS_WITH(data.append(piece(4, {1})),
                    "mnist: a piece with images of 1×4×2 and 10 classes does not fit images of 1×3×2 and 10 classes");
  CHECK_THROWS_WITH(data.append(piece(3, {1, 10})), "piece: label 10 of image 1 is outside 0 … 9");
  Dataset uneven = piece(3, {1});
  uneven.images.pop_back();
  CHECK_THROWS_WITH(data.append(uneven), "piece: 5 bytes are not 1 images of 1×3×2, one for each label");
  CHECK_THROWS_WITH(data.append(Dataset{.name = "empty"}), "empty: images of 1×0×0 and 10 classes are none");
  CHECK(data.size() == 2);
  Dataset odd = piece(3, {1});
  odd.mean = {0.5f, 0.5f};
  CHECK_THROWS_WITH(odd.validate(), "piece: 2 means and 0 deviations are not one for each of 1 channels");
  odd.mean = {0.5f};
  odd.deviation = {0};
  CHECK_THROWS_WITH(odd.validate(), "piece: a deviation of 0 is not positive");
}

TEST_CASE("an empty set of the same kind has everything but the images", "[data]") {
  Dataset data = piece(3, {1, 2});
  data.mean = {0.25f};
  data.deviation = {0.5f};
  const Dataset empty = data.empty_like();
  CHECK(empty.size() == 0);
  CHECK(empty.images.empty());
  CHECK((empty.name == "piece" && empty.height == 3 && empty.width == 2));
  CHECK(empty.mean == data.mean);
  Dataset grown{.name = "grown"};
  grown.append(data);
  CHECK(grown.deviation == data.deviation);
}
