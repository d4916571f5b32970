#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/tensor/error.hpp"
#include "lib/tensor/shape.hpp"

namespace cnnlab {

template <class T>
struct Storage;  // an xtensor buffer (xt::uvector), 64-byte aligned; see tensor.cpp

/// A dense row-major array of numbers with a shape. Copying a tensor copies a handle: both share the numbers, as in
/// PyTorch; `clone` copies them. Buffers come from a pool and go back to it, so that a training step which repeats the
/// sizes of the one before allocates nothing.
///
/// To slice, print and compute with it in xtensor's language: `as_array(tensor)` in lib/tensor/array.hpp.
template <class T>
class BasicTensor {
 public:
  /// No numbers, shape (0,).
  BasicTensor() : shape_{0} {}
  /// Numbers of any value: for outputs that are overwritten.
  explicit BasicTensor(Shape shape);
  BasicTensor(Shape shape, std::span<const T> values);

  static BasicTensor full(Shape shape, T value);
  static BasicTensor zeros(Shape shape) { return full(shape, T(0)); }
  static BasicTensor scalar(T value) { return full({}, value); }

  const Shape& shape() const { return shape_; }
  int64_t size(int axis) const { return shape_[axis]; }
  int64_t numel() const { return static_cast<int64_t>(data_.size()); }

  std::span<T> data() { return data_; }
  std::span<const T> data() const { return data_; }
  /// The only number of a tensor with one element; Error otherwise.
  T item() const;

  /// The same numbers (shared) under another shape with as many elements. One size may be −1: it is worked out.
  BasicTensor reshape(std::initializer_list<int64_t> sizes) const;
  BasicTensor reshape(Shape shape) const;
  BasicTensor clone() const { return BasicTensor(shape_, data_); }
  void fill(T value);
  /// Overwrites the numbers with those of a tensor of the same shape.
  void copy_from(const BasicTensor& other);

 private:
  std::shared_ptr<Storage<T>> storage_;
  std::span<T> data_;
  Shape shape_;
};

using Tensor = BasicTensor<float>;

/// Bytes in tensors now, and kept in the pool for the next ones.
struct TensorMemory {
  int64_t in_use, pooled;
};
TensorMemory tensor_memory();

extern template class BasicTensor<float>;
extern template class BasicTensor<double>;

}  // namespace cnnlab
