#include <catch2/catch.hpp>

#include "lib/tensor/error.hpp"
#include "lib/tensor/shape.hpp"

using cnnlab::Shape;

TEST_CASE("a shape is printed as PyTorch prints it") {
  CHECK(Shape{}.str() == "()");
  CHECK(Shape{3}.str() == "(3,)");
  CHECK(Shape{64, 10, 12, 12}.str() == "(64, 10, 12, 12)");
}

TEST_CASE("axes count from the front, and negative ones from the back") {
  const Shape shape{2, 3, 5};
  CHECK(shape.rank() == 3);
  CHECK(shape[0] == 2);
  CHECK(shape[-1] == 5);
  CHECK(shape[-3] == 2);
  CHECK(shape.normalize_axis(-2) == 1);
  CHECK(shape.with(-1, 7) == Shape{2, 3, 7});
  CHECK_THROWS_WITH(shape[3], "shape: (2, 3, 5) has no dimension 3");
  CHECK_THROWS_WITH(shape[-4], "shape: (2, 3, 5) has no dimension -4");
}

TEST_CASE("the number of elements") {
  CHECK(Shape{}.numel() == 1);
  CHECK(Shape{2, 3, 5}.numel() == 30);
  CHECK(Shape{2, 0, 5}.numel() == 0);
}

TEST_CASE("shapes are equal when rank and sizes are") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
  CHECK_FALSE(Shape{} == Shape{0});
}

TEST_CASE("impossible shapes are refused") {
  CHECK_THROWS_WITH((Shape{1, 2, 3, 4, 5}), "shape: at most 4 dimensions are supported, got 5");
  CHECK_THROWS_WITH((Shape{2, -1}), "shape: size -1 of dimension 1 is negative");
  const int64_t large = int64_t{1} << 32;
  CHECK_THROWS_WITH((Shape{2, large, large}), "shape: (2, 4294967296, 4294967296) is too large");
}
