#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/tensor/device.hpp"
#include "lib/tensor/error.hpp"
#include "lib/tensor/shape.hpp"

namespace cnnlab {

/// What all handles of a tensor share: where its numbers are.
template <class T>
struct Numbers {
  std::span<T> span{};
  Device* device = nullptr;
  std::shared_ptr<void> memory{};  ///< what owns them, unless the pool does
};

/// A dense row-major array of numbers with a shape. Copying a tensor copies a handle: both share the numbers, as in
/// PyTorch; `clone` copies them. Buffers come from a pool and go back to it, so that a training step which repeats the
/// sizes of the one before allocates nothing.
///
/// The numbers live in the CPU's memory, or on a device (null: the CPU). Ops compute where their inputs are; looking at
/// the numbers of a tensor on a device is an error, until `to` has brought a copy.
///
/// To slice, print and compute with it in xtensor's language: `as_array(tensor)` in lib/tensor/array.hpp.
template <class T>
class BasicTensor {
 public:
  /// No numbers, shape (0,).
  BasicTensor() : shape_{0} {}
  /// Numbers of any value: for outputs that are overwritten.
  explicit BasicTensor(Shape shape, Device* device = nullptr);
  BasicTensor(Shape shape, std::span<const T> values);

  static BasicTensor full(Shape shape, T value, Device* device = nullptr);
  static BasicTensor zeros(Shape shape, Device* device = nullptr) { return full(shape, T(0), device); }
  static BasicTensor scalar(T value) { return full({}, value); }

  const Shape& shape() const { return shape_; }
  int64_t size(int axis) const { return shape_[axis]; }
  int64_t numel() const { return static_cast<int64_t>(numbers().size()); }

  /// The numbers, for the CPU to read and write. Throws Error when they live on a device.
  std::span<T> data() { return on_cpu(); }
  std::span<const T> data() const { return on_cpu(); }
  /// The numbers wherever they live, for the kernels of `backend<T>(device())`; nobody else may touch them.
  std::span<T> raw() { return numbers(); }
  std::span<const T> raw() const { return numbers(); }
  /// The only number of a tensor with one element, fetched from its device; Error otherwise.
  T item() const;

  /// Whether other tensors have the same numbers.
  bool shared() const { return storage_.use_count() > 1; }

  Device* device() const { return storage_ ? storage_->device : nullptr; }
  /// This tensor where it lives there already, else a copy on `target` (null: the CPU).
  BasicTensor to(Device* target) const;
  /// Moves the numbers themselves, under the hands of all that share them.
  void move_to(Device* target);

  /// The same numbers (shared) under another shape with as many elements. One size may be −1: it is worked out.
  BasicTensor reshape(std::initializer_list<int64_t> sizes) const;
  BasicTensor reshape(Shape shape) const;
  BasicTensor clone() const;
  /// A copy on the CPU.
  BasicTensor cpu_copy() const { return device() ? to(nullptr) : clone(); }
  void fill(T value);
  /// Overwrites the numbers with those of a tensor of the same shape, on whichever device.
  void copy_from(const BasicTensor& other);

 private:
  std::span<T> numbers() const { return storage_ ? storage_->span : std::span<T>(); }
  std::span<T> on_cpu() const {
    if (device()) [[unlikely]]
      refuse();
    return numbers();
  }
  [[noreturn]] void refuse() const;

  std::shared_ptr<Numbers<T>> storage_;
  Shape shape_;
};

using Tensor = BasicTensor<float>;
/// Whole numbers: places, classes.
using IndexTensor = BasicTensor<int32_t>;

/// Bytes in tensors on the CPU now, and kept in the pool for the next ones.
struct TensorMemory {
  int64_t in_use, pooled;
};
TensorMemory tensor_memory();

/// Counts, while it lives, the most bytes that were in tensors on the CPU at once, beyond those that were there when it
/// began. Watches may lie within each other. Tensors of other threads count as well.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  int64_t most() const;

 private:
  int64_t before_, outer_most_;
};

extern template class BasicTensor<float>;
extern template class BasicTensor<double>;
extern template class BasicTensor<int32_t>;

}  // namespace cnnlab
