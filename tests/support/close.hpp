#pragma once
#include <string>

#include "lib/tensor/tensor.hpp"

namespace cnnlab::testing {

/// How far `got` may be from `expected`: absolute + relative·|expected|, for every element.
struct Tolerance {
  double absolute = 1e-5, relative = 1e-5;
};

/// "" when both have one shape and every element is close; else one line that names the worst element, its place and
/// both values:  CHECK(difference(y, expected) == "");
/// NaN equals NaN alone, and an infinity equals itself alone.
template <class T>
std::string difference(const BasicTensor<T>& got, const BasicTensor<T>& expected, Tolerance tolerance = {});

/// "" when both have one shape and the same bits; else where they first differ.
std::string bit_difference(const Tensor& got, const Tensor& expected);

extern template std::string difference(const BasicTensor<float>&, const BasicTensor<float>&, Tolerance);
extern template std::string difference(const BasicTensor<double>&, const BasicTensor<double>&, Tolerance);

}  // namespace cnnlab::testing
