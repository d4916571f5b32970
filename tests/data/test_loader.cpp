#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

#include "lib/data/loader.hpp"
#include "lib/kernels/parallel.hpp"

using namespace cnnlab;

namespace {

// Image i is filled with i, and its label is i mod 10.
Dataset numbered(int count) {
  Dataset data{.name = "numbered", .height = 6, .width = 5};
  for (int i = 0; i < count; ++i) {
    data.images.insert(data.images.end(), 30, static_cast<uint8_t>(i));
    data.labels.push_back(static_cast<uint8_t>(i % 10));
  }
  return data;
}

std::vector<float> bits(const Batch& batch) { return {batch.images.data().begin(), batch.images.data().end()}; }

}  // namespace

TEST_CASE("without shuffling batches come in order, the last one smaller", "[data]") {
  const Dataset data = numbered(10);
  Loader loader(data, {.batch_size = 4, .shuffle = false});
  REQUIRE(loader.batches() == 3);
  const Batch batch = loader.batch(0, 2);
  CHECK(batch.images.shape() == Shape{2, 1, 6, 5});
  CHECK(batch.labels == std::vector<int32_t>{8, 9});
  CHECK(batch.images.data()[0] == 8.0f / 255);
  CHECK(batch.images.data()[30] == 9.0f / 255);
}

TEST_CASE("shuffling visits every image once, differently in each epoch and for each seed", "[data]") {
  const Dataset data = numbered(100);
  const Loader loader(data, {.seed = 1}), other(data, {.seed = 2});
  std::vector<int32_t> order = loader.order(0);
  CHECK(order == loader.order(0));
  CHECK(order != loader.order(1));
  CHECK(order != other.order(0));
  std::sort(order.begin(), order.end());
  std::vector<int32_t> all(100);
  std::iota(all.begin(), all.end(), 0);
  CHECK(order == all);
}

TEST_CASE("a shuffled order is fair", "[data]") {
  const Dataset data = numbered(5);
  const Loader loader(data, {.seed = 3});
  int at[5][5] = {};
  for (int epoch = 0; epoch < 5000; ++epoch) {
    const auto order = loader.order(epoch);
    for (int i = 0; i < 5; ++i) ++at[i][order[i]];
  }
  for (const auto& row : at)
    for (int count : row) CHECK(std::abs(count - 1000) < 150);  // five standard deviations
}

TEST_CASE("within windows the order is shuffled, and windows come in order", "[data]") {
  const Dataset data = numbered(25);
  const Loader loader(data, {.seed = 1, .window = 10});
  std::vector<int32_t> order = loader.order(4);
  for (int begin : {0, 10, 20}) {
    const auto window = std::span(order).subspan(begin, std::min(10, 25 - begin));
    CHECK_FALSE(std::is_sorted(window.begin(), window.end()));
    std::sort(window.begin(), window.end());
    CHECK(window.front() == begin);
    CHECK(window.back() == begin + static_cast<int>(window.size()) - 1);
  }
}

TEST_CASE("training can start before all images are there", "[data]") {
  Dataset data = numbered(10);
  Loader loader(data, {.batch_size = 4, .window = 10, .total = 20});
  CHECK(loader.batches() == 5);
  CHECK(loader.ready(1));
  CHECK_FALSE(loader.ready(2));  // images 8 … 11 of the order: some come from the second window
  CHECK_THROWS_WITH(loader.batch(0, 2), "loader: the images of batch 2 are not loaded yet (10 of 20 are)");
  const std::vector<float> before = bits(loader.batch(0, 1));
  data.append(numbered(10));
  CHECK(loader.ready(4));
  CHECK(bits(loader.batch(0, 1)) == before);
  CHECK(loader.batch(0, 4).labels.size() == 4);

  const Dataset half = numbered(10);
  CHECK_FALSE(Loader(half, {.batch_size = 4, .total = 20}).ready(0));  // shuffled over all
  CHECK(Loader(half, {.batch_size = 4, .shuffle = false, .total = 20}).ready(1));
}

TEST_CASE("a batch has the same bits whatever came before it, and for any number of threads", "[data]") {
  const Dataset data = numbered(50);
  const LoaderOptions options{.batch_size = 8, .seed = 5, .augment = AugmentOptions{}};
  Loader fresh(data, options), used(data, options);
  for (int i = 0; i < 7; ++i) used.batch(0, i);
  used.batch(3, 1);
  const std::vector<float> expected = bits(fresh.batch(2, 3));
  CHECK(bits(used.batch(2, 3)) == expected);
  CHECK(bits(used.batch(1, 3)) != expected);
  const int before = threads();
  for (int count : {1, 2, 3}) {
    set_threads(std::min(count, max_threads()));
    CHECK(bits(fresh.batch(2, 3)) == expected);
  }
  set_threads(before);
}

TEST_CASE("a data set's mean and deviation normalise each channel", "[data]") {
  Dataset data{.name = "two channels", .channels = 2, .height = 1, .width = 2, .mean = {0.2f, 0.4f}};
  data.deviation = {0.5f, 0.25f};
  data.images = {0, 255, 51, 102};
  data.labels = {3};
  const Batch batch = Loader(data, {}).batch(0, 0);
  const float expected[] = {-0.4f, 1.6f, -0.8f, 0};
  for (int i = 0; i < 4; ++i) CHECK(batch.images.data()[i] == Approx(expected[i]).margin(1e-6));
}

TEST_CASE("crops differ from epoch to epoch, and zeros are normalised with the rest", "[data]") {
  Dataset data = numbered(10);
  data.mean = {0.5f};
  data.deviation = {0.5f};
  Loader loader(data, {.batch_size = 10, .shuffle = false, .crop = CropOptions{.padding = 2}});
  const std::vector<float> first = bits(loader.batch(0, 0));
  CHECK(first == bits(loader.batch(0, 0)));
  CHECK(first != bits(loader.batch(1, 0)));
  CHECK(*std::min_element(first.begin(), first.end()) == -1);
}

TEST_CASE("loader errors", "[data]") {
  const Dataset data = numbered(10);
  CHECK_THROWS_WITH(Loader(data, {.augment = AugmentOptions{}, .crop = CropOptions{}}),
                    "loader: images are either bent or cropped, not both");
  CHECK_THROWS_WITH(Loader(data, {.crop = CropOptions{.padding = 5}}),
                    "loader: a crop's padding must be at least 0 and below the images' size, 6×5, got 5");
  CHECK_THROWS_WITH(Loader(data, {.batch_size = 0}), "loader: batch size 0 is not positive");
  CHECK_THROWS_WITH(Loader(data, {.window = -1}), "loader: window -1 is negative");
  CHECK_THROWS_WITH(Loader(data, {.total = 9}), "loader: a total of 9 images does not fit data set 'numbered' with 10");
  const Dataset none{.name = "none"};
  CHECK_THROWS_WITH(Loader(none, {}), "loader: data set 'none' has no images");
  Loader loader(data, {.batch_size = 4});
  CHECK_THROWS_WITH(loader.batch(0, 3), "loader: there is no batch 3 in epoch 0; an epoch has 3");
  CHECK_THROWS_WITH(loader.batch(-1, 0), "loader: there is no batch 0 in epoch -1; an epoch has 3");
}
