#pragma once
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include "lib/tensor/tensor.hpp"

namespace cnnlab {

/// The tensor's own numbers (nothing is copied) as an xtensor array, for slicing, printing and arithmetic:
///   auto image = xt::view(as_array(x), 0, 0);      // first image, first channel
///   std::cout << xt::mean(image) << image;
/// It must not outlive the tensor. Kept apart from tensor.hpp: xtensor's headers are costly to compile.
template <class T>
auto as_array(BasicTensor<T>& tensor) {
  const auto sizes = tensor.shape().sizes();
  std::vector<size_t> shape(sizes.begin(), sizes.end());
  return xt::adapt(tensor.data().data(), tensor.data().size(), xt::no_ownership(), shape);
}
template <class T>
auto as_array(const BasicTensor<T>& tensor) {
  const auto sizes = tensor.shape().sizes();
  std::vector<size_t> shape(sizes.begin(), sizes.end());
  return xt::adapt(tensor.data().data(), tensor.data().size(), xt::no_ownership(), shape);
}

/// A tensor with the values of any xtensor expression of up to four dimensions.
template <class Expression>
auto as_tensor(const xt::xexpression<Expression>& expression) {
  using T = typename Expression::value_type;
  const xt::xarray<T> values = expression.derived_cast();  // not xt::eval: in xtensor 0.24.3 it mistakes a view's rank
  std::vector<int64_t> shape(values.shape().begin(), values.shape().end());
  BasicTensor<T> tensor{Shape(shape)};
  auto target = as_array(tensor);
  target = values;
  return tensor;
}

}  // namespace cnnlab
