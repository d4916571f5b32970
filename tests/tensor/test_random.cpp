#include <cmath>

#include <catch2/catch.hpp>

#include "lib/tensor/random.hpp"

using namespace cnnlab;

TEST_CASE("the generator gives the same numbers everywhere: those of an implementation in Python's whole numbers") {
  Random random{42};
  CHECK(random.bits() == 0xa266f1b90928da84u);
  CHECK(random.bits() == 0x33480f4d2d6bd945u);
  Random two{1, 2};
  CHECK(two.bits() == 0xcd5f881cf5b5cd2au);
}

TEST_CASE("keys and their order tell generators apart") {
  CHECK(Random{1, 2}.bits() == Random{1, 2}.bits());
  CHECK(Random{1, 2}.bits() != Random{2, 1}.bits());
  CHECK(Random{1}.bits() != Random{1, 0}.bits());
  CHECK(Random{0}.bits() != Random{1}.bits());
}

TEST_CASE("uniform numbers have the mean, the variance and the range of the uniform distribution") {
  Random random{3};
  const int n = 100000;
  double sum = 0, squares = 0, least = 1, most = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    sum += u;
    squares += u * u;
    least = std::min(least, u);
    most = std::max(most, u);
  }
  // Five standard deviations of the estimates: 1/√12 / √n for the mean, √(4/45) / √n for the mean square.
  CHECK(std::abs(sum / n - 0.5) < 5 * 0.2887 / std::sqrt(n));
  CHECK(std::abs(squares / n - 1.0 / 3) < 5 * 0.2981 / std::sqrt(n));
  CHECK(least >= 0);
  CHECK(most < 1);
  CHECK(most > 0.9999);
  const double v = random.uniform(-3, -2);
  CHECK((v >= -3 && v < -2));
}

TEST_CASE("normal numbers have mean 0, variance 1 and the normal's tails") {
  Random random{4};
  const int n = 100000;
  double sum = 0, squares = 0;
  int beyond_two = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal();
    sum += z;
    squares += z * z;
    beyond_two += std::abs(z) > 2;
  }
  CHECK(std::abs(sum / n) < 5 / std::sqrt(n));
  CHECK(std::abs(squares / n - 1) < 5 * std::sqrt(2.0 / n));
  CHECK(std::abs(beyond_two - 0.0455 * n) < 5 * std::sqrt(0.0455 * n));
}

TEST_CASE("below is fair, also for a bound that does not divide 2^64") {
  Random random{5};
  int counts[6] = {};
  for (int i = 0; i < 60000; ++i) ++counts[random.below(6)];
  for (const int count : counts) CHECK(std::abs(count - 10000) < 5 * 92);  // five standard deviations
  for (int i = 0; i < 100; ++i) CHECK(random.below(1) == 0);
  // Of three quarters of 2^64 the lower half would come twice as often as the upper without rejection.
  const uint64_t bound = 3ull << 62;
  int upper = 0;
  for (int i = 0; i < 10000; ++i) upper += random.below(bound) >= bound / 2;
  CHECK(std::abs(upper - 5000) < 250);
}

TEST_CASE("manual_seed restarts the generator of parameters") {
  manual_seed(7);
  const uint64_t first = default_random().bits();
  default_random().bits();
  manual_seed(7);
  CHECK(default_random().bits() == first);
  manual_seed(8);
  CHECK(default_random().bits() != first);
}
