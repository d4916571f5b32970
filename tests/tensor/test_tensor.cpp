#include <cstdint>
#include <numeric>
#include <sstream>

#include <catch2/catch.hpp>
#include <xtensor/xio.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include "lib/tensor/array.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

Tensor counted(Shape shape) {
  Tensor tensor(shape);
  std::iota(tensor.data().begin(), tensor.data().end(), 0.0f);
  return tensor;
}

}  // namespace

TEST_CASE("a copy of a tensor shares its numbers, a clone does not") {
  Tensor a = counted({2, 3});
  Tensor copy = a, clone = a.clone();
  a.data()[4] = 99;
  CHECK(copy.data()[4] == 99);
  CHECK(clone.data()[4] == 4);
}

TEST_CASE("tensors are made from values, one value or zeros") {
  CHECK(Tensor().shape() == Shape{0});
  CHECK(Tensor::zeros({2, 2}).data()[3] == 0);
  CHECK(Tensor::full({3}, 2.5f).data()[2] == 2.5f);
  CHECK(Tensor::scalar(7).item() == 7);
  CHECK(Tensor::scalar(7).shape() == Shape{});
  CHECK_THROWS_WITH(Tensor({2, 2}, std::vector<float>{1, 2, 3}),
                    "tensor: 3 values do not fill shape (2, 2), which holds 4");
  CHECK_THROWS_WITH(counted({2, 3}).item(), "item: the tensor has shape (2, 3), that is 6 numbers, not one");
}

TEST_CASE("reshape shares the numbers and works out one size") {
  Tensor a = counted({2, 3, 4});
  Tensor b = a.reshape({4, -1});
  CHECK(b.shape() == Shape{4, 6});
  b.data()[23] = -1;
  CHECK(a.data()[23] == -1);
  CHECK(a.reshape({-1}).shape() == Shape{24});
  CHECK_THROWS_WITH(a.reshape({5, -1}), "reshape: 24 numbers of shape (2, 3, 4) cannot be split into groups of 5");
  CHECK_THROWS_WITH(a.reshape({-1, -1}), "reshape: only one size can be -1");
  CHECK_THROWS_WITH(a.reshape({5, 5}), "reshape: shape (2, 3, 4) holds 24 numbers, shape (5, 5) would hold 25");
  CHECK_THROWS_WITH(a.reshape({0, -1}), "reshape: 24 numbers of shape (2, 3, 4) cannot be split into groups of 0");
}

TEST_CASE("copy_from overwrites the numbers") {
  Tensor a = Tensor::zeros({2, 3});
  a.copy_from(counted({2, 3}));
  CHECK(bit_difference(a, counted({2, 3})) == "");
  CHECK_THROWS_WITH(a.copy_from(counted({3, 2})), "copy_from: shape (3, 2) does not fit shape (2, 3)");
}

TEST_CASE("a tensor begins at a cache line") {
  for (int64_t size : {1, 3, 17, 1000}) CHECK(reinterpret_cast<uintptr_t>(Tensor(Shape{size}).data().data()) % 64 == 0);
}

TEST_CASE("memory is counted, and a freed buffer serves the next tensor of its size") {
  const TensorMemory before = tensor_memory();
  const float* where = nullptr;
  {
    const Tensor a(Shape{12345});
    where = a.data().data();
    CHECK(tensor_memory().in_use == before.in_use + 4 * 12345);
  }
  const TensorMemory freed = tensor_memory();
  CHECK(freed.in_use == before.in_use);
  const Tensor b(Shape{5, 2469});
  CHECK(b.data().data() == where);
  CHECK(tensor_memory().pooled == freed.pooled - 4 * 12345);
}

TEST_CASE("a watch knows the most memory there was since it began, and watches lie within each other") {
  const Tensor there_before(Shape{1000});
  const MemoryWatch outer;
  CHECK(outer.most() == 0);
  {
    const BasicTensor<double> a(Shape{200});
    const IndexTensor b(Shape{100});
  }
  CHECK(outer.most() == 8 * 200 + 4 * 100);
  {
    const Tensor kept(Shape{50});
    const MemoryWatch inner;
    { const Tensor a(Shape{10}); }
    { const Tensor a(Shape{20}); }
    CHECK(inner.most() == 4 * 20);
    CHECK(outer.most() <= 8 * 200 + 4 * 100);
  }
  CHECK(outer.most() == 8 * 200 + 4 * 100);
  {
    const MemoryWatch inner;
    const Tensor a(Shape{600});
  }
  CHECK(outer.most() == 4 * 600);
}

TEST_CASE("a large tensor may take a buffer that it fills by half, but no larger one") {
  const int32_t* where = nullptr;  // of whole numbers, which few other tests want
  {
    const IndexTensor a(Shape{4'000'000});
    where = a.data().data();
  }
  {
    const IndexTensor too_small(Shape{1'999'999});
    CHECK(too_small.data().data() != where);
    const IndexTensor b(Shape{2, 1'000'000});
    CHECK(b.data().data() == where);
    CHECK(b.data().size() == 2'000'000);
  }
  CHECK(IndexTensor(Shape{4'000'000}).data().data() == where);
}

TEST_CASE("a full pool lets go of what has waited longest, not of what was freed last") {
  const float* where = nullptr;
  const int64_t least = (1 << 18) - 400, before = tensor_memory().pooled;  // nearly a mebibyte each
  for (int64_t i = 0; i < 400; ++i) Tensor(Shape{least + i});              // no two of one size
  CHECK(tensor_memory().pooled >= 90LL << 20);
  CHECK(tensor_memory().pooled <= before + (250LL << 20));
  {
    const Tensor a(Shape{54321});
    where = a.data().data();
  }
  CHECK(Tensor(Shape{54321}).data().data() == where);
  const int64_t pooled = tensor_memory().pooled;
  const Tensor oldest(Shape{least});  // made anew: its buffer has gone
  CHECK(tensor_memory().pooled == pooled);
}

TEST_CASE("a tensor is taken as an xtensor expression, and made of one") {
  Tensor a = counted({2, 3, 2, 2});
  CHECK(xt::sum(as_array(a))() == 276);
  auto first = xt::view(as_array(a), 0, xt::all(), 1, 1);
  CHECK(first(2) == 11);
  as_array(a)(1, 2, 1, 1) = 500;
  CHECK(a.data()[23] == 500);

  const Tensor& fixed = a;
  const Tensor doubled = as_tensor(2 * xt::view(as_array(fixed), 0, 1));
  CHECK(bit_difference(doubled, Tensor({2, 2}, std::vector<float>{8, 10, 12, 14})) == "");
  std::ostringstream printed;
  printed << as_array(doubled);
  CHECK(printed.str() == "{{  8.,  10.},\n { 12.,  14.}}");
}
