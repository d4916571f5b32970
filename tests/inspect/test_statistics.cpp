#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "lib/inspect/statistics.hpp"

using namespace cnnlab;

TEST_CASE("statistics count, average and sort into steps") {
  const std::vector<float> values{0, 0, 1, 3, -1};
  const Statistics s = statistics(values, 4);
  CHECK(s.count == 5);
  CHECK(s.zeros == 2);
  CHECK(s.minimum == -1);
  CHECK(s.maximum == 3);
  CHECK(s.mean == Approx(0.6));
  CHECK(s.deviation == Approx(std::sqrt((0.36 + 0.36 + 0.16 + 5.76 + 2.56) / 5)));
  CHECK(s.histogram == std::vector<int64_t>{1, 2, 1, 1});  // the largest falls into the last step
}

TEST_CASE("equal numbers, no numbers and broken numbers have statistics too") {
  CHECK(statistics(std::vector<float>{2, 2}, 3).histogram == std::vector<int64_t>{2, 0, 0});
  CHECK(statistics({}, 3).histogram == std::vector<int64_t>{0, 0, 0});
  const float infinity = std::numeric_limits<float>::infinity();
  const Statistics s = statistics(std::vector<float>{infinity, 1, std::nanf(""), 3}, 2);
  CHECK(s.not_finite == 2);
  CHECK(s.mean == 2);
  CHECK(s.histogram == std::vector<int64_t>{1, 1});
}
