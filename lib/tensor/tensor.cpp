#include "lib/tensor/tensor.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>

#include <xsimd/xsimd.hpp>
#include <xtensor/xstorage.hpp>

namespace cnnlab {

// uvector, not vector: it leaves its numbers uninitialised. 64 bytes: a cache line, and the widest SIMD register.
template <class T>
struct Storage {
  xt::uvector<T, xsimd::aligned_allocator<T, 64>> buffer;
};

namespace {

// Freed buffers by size, reused by the next tensor of that size, the one freed last first. What is kept is bounded:
// those that have waited longest make room, so that a run that changes its batch size, or another net, neither holds on
// to all that was ever used nor finds the pool full of sizes that nobody asks for any more.
template <class T>
class Pool {
 public:
  static constexpr int64_t max_pooled_bytes = 96 << 20;

  // Never destroyed: tensors with static lifetime may outlive everything else.
  static Pool& instance() {
    static Pool* pool = new Pool;
    return *pool;
  }

  std::shared_ptr<Storage<T>> take(size_t count) {
    std::unique_ptr<Storage<T>> storage;
    {
      std::lock_guard lock(mutex_);
      memory_.in_use += bytes(count);
      if (auto after = free_.upper_bound(count); after != free_.begin() && std::prev(after)->first == count)
        storage = remove(std::prev(after));
    }
    if (!storage) storage = std::make_unique<Storage<T>>(Storage<T>{decltype(Storage<T>::buffer)(count)});
    return {storage.release(), [](Storage<T>* used) { instance().give_back(std::unique_ptr<Storage<T>>(used)); }};
  }

  TensorMemory memory() {
    std::lock_guard lock(mutex_);
    return memory_;
  }

 private:
  static int64_t bytes(size_t count) { return static_cast<int64_t>(count * sizeof(T)); }

  void give_back(std::unique_ptr<Storage<T>> storage) {
    std::lock_guard lock(mutex_);
    const size_t count = storage->buffer.size();
    memory_.in_use -= bytes(count);
    if (bytes(count) > max_pooled_bytes) return;
    // Equal sizes stand in the order in which they were freed, so the oldest of all is the first of its size.
    while (memory_.pooled + bytes(count) > max_pooled_bytes) remove(free_.lower_bound(waiting_.front()->buffer.size()));
    memory_.pooled += bytes(count);
    free_.emplace(count, waiting_.insert(waiting_.end(), std::move(storage)));
  }

  using Waiting = std::list<std::unique_ptr<Storage<T>>>;
  using Free = std::multimap<size_t, typename Waiting::iterator>;

  std::unique_ptr<Storage<T>> remove(typename Free::iterator at) {
    std::unique_ptr<Storage<T>> storage = std::move(*at->second);
    memory_.pooled -= bytes(at->first);
    waiting_.erase(at->second);
    free_.erase(at);
    return storage;
  }

  std::mutex mutex_;
  Waiting waiting_;  // in the order in which they were freed
  Free free_;
  TensorMemory memory_{};
};

}  // namespace

template <class T>
BasicTensor<T>::BasicTensor(Shape shape)
    : storage_(Pool<T>::instance().take(static_cast<size_t>(shape.numel()))), data_(storage_->buffer), shape_(shape) {}

template <class T>
BasicTensor<T>::BasicTensor(Shape shape, std::span<const T> values) : BasicTensor(shape) {
  check(numel() == static_cast<int64_t>(values.size()), "tensor: ", values.size(), " values do not fill shape ", shape,
        ", which holds ", numel());
  std::copy(values.begin(), values.end(), data_.begin());
}

template <class T>
BasicTensor<T> BasicTensor<T>::full(Shape shape, T value) {
  BasicTensor tensor(shape);
  tensor.fill(value);
  return tensor;
}

template <class T>
T BasicTensor<T>::item() const {
  check(numel() == 1, "item: the tensor has shape ", shape_, ", that is ", numel(), " numbers, not one");
  return data_[0];
}

template <class T>
BasicTensor<T> BasicTensor<T>::reshape(std::initializer_list<int64_t> sizes) const {
  std::vector<int64_t> known(sizes);
  auto open = std::find(known.begin(), known.end(), -1);
  if (open != known.end()) {
    *open = 1;
    check(std::find(known.begin(), known.end(), -1) == known.end(), "reshape: only one size can be -1");
    const int64_t others = Shape(known).numel();
    check(others > 0 && numel() % others == 0, "reshape: ", numel(), " numbers of shape ", shape_,
          " cannot be split into groups of ", others);
    *open = numel() / others;
  }
  return reshape(Shape(known));
}

template <class T>
BasicTensor<T> BasicTensor<T>::reshape(Shape shape) const {
  check(shape.numel() == numel(), "reshape: shape ", shape_, " holds ", numel(), " numbers, shape ", shape,
        " would hold ", shape.numel());
  BasicTensor tensor = *this;
  tensor.shape_ = shape;
  return tensor;
}

template <class T>
void BasicTensor<T>::fill(T value) {
  std::fill(data_.begin(), data_.end(), value);
}

template <class T>
void BasicTensor<T>::copy_from(const BasicTensor& other) {
  check(other.shape_ == shape_, "copy_from: shape ", other.shape_, " does not fit shape ", shape_);
  std::copy(other.data_.begin(), other.data_.end(), data_.begin());
}

TensorMemory tensor_memory() {
  const TensorMemory floats = Pool<float>::instance().memory(), doubles = Pool<double>::instance().memory();
  return {floats.in_use + doubles.in_use, floats.pooled + doubles.pooled};
}

template class BasicTensor<float>;
template class BasicTensor<double>;

}  // namespace cnnlab
