#include "tests/support/close.hpp"

#include <cmath>
#include <cstring>
#include <iomanip>
#include <limits>
#include <vector>

namespace cnnlab::testing {
namespace {

// The place of the flat index `at`: (n, c, h, w).
Shape position(const Shape& shape, int64_t at) {
  std::vector<int64_t> place(shape.rank());
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    place[axis] = at % shape[axis];
    at /= shape[axis];
  }
  return Shape(place);
}

std::string shapes_differ(const Shape& got, const Shape& expected) {
  return got == expected ? "" : text("shape ", got, ", expected ", expected);
}

// By how many times the allowed difference two numbers are apart; up to 1 is close.
double excess(double got, double expected, Tolerance tolerance) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return 0;
  const double ratio = std::abs(got - expected) / (tolerance.absolute + tolerance.relative * std::abs(expected));
  return std::isfinite(ratio) && std::isfinite(expected) ? ratio : std::numeric_limits<double>::infinity();
}

}  // namespace

template <class T>
std::string difference(const BasicTensor<T>& got, const BasicTensor<T>& expected, Tolerance tolerance) {
  if (got.shape() != expected.shape()) return shapes_differ(got.shape(), expected.shape());
  int64_t worst = -1, far = 0;
  double worst_excess = 1;
  for (int64_t i = 0; i < got.numel(); ++i) {
    const double apart = excess(static_cast<double>(got.data()[i]), static_cast<double>(expected.data()[i]), tolerance);
    far += apart > 1;
    if (apart > worst_excess) {
      worst = i;
      worst_excess = apart;
    }
  }
  if (worst < 0) return "";
  return text(far, " of ", got.numel(), " differ; worst at ", position(got.shape(), worst), ": got ",
              std::setprecision(std::numeric_limits<T>::max_digits10), got.data()[worst], ", expected ",
              expected.data()[worst], std::setprecision(3), ", ", worst_excess, " times the allowed difference");
}

std::string bit_difference(const Tensor& got, const Tensor& expected) {
  if (got.shape() != expected.shape()) return shapes_differ(got.shape(), expected.shape());
  for (int64_t i = 0; i < got.numel(); ++i)
    if (std::memcmp(&got.data()[i], &expected.data()[i], sizeof(float)) != 0)  // Emscripten has no std::bit_cast
      return text("first differ at ", position(got.shape(), i), ": got ", std::setprecision(9), got.data()[i],
                  ", expected ", expected.data()[i]);
  return "";
}

template std::string difference(const BasicTensor<float>&, const BasicTensor<float>&, Tolerance);
template std::string difference(const BasicTensor<double>&, const BasicTensor<double>&, Tolerance);

}  // namespace cnnlab::testing
