#include <catch2/catch.hpp>

#include "lib/autograd/tape.hpp"
#include "tests/support/gradient_check.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

// y = x³, with a gradient of factor·x² (right for 3).
Double cube(const Double& x, double factor) {
  Op<double> op{"cube", CallSite::here()};
  BasicTensor<double> y = x.value().clone();
  for (double& value : y.data()) value *= value * value;
  return op.output(y, {x}, [x = x.value(), factor](const BasicTensor<double>& dy, const Needs&) {
    BasicTensor<double> dx = x.clone();
    for (int64_t i = 0; i < dx.numel(); ++i) dx.data()[i] *= factor * x.data()[i] * dy.data()[i];
    return std::vector{dx};
  });
}

}  // namespace

TEST_CASE("gradient_difference accepts a right gradient and sees one that is off by a millionth") {
  const auto difference_for = [](double factor) {
    return gradient_difference([=](const auto& x) { return cube(x[0], factor); }, {normal({3, 4}, 1)});
  };
  CHECK(difference_for(3) == "");
  CHECK_THAT(difference_for(3.000003), Catch::Contains("input 0: 1") && Catch::Contains("of 12 differ; worst at ("));
}
