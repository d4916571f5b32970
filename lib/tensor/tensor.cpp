#include "lib/tensor/tensor.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <type_traits>

#include <xtensor/xstorage.hpp>

#include "lib/tensor/memory.hpp"

namespace cnnlab {

namespace {

// On the CPU, numbers live in a buffer of xtensor's. uvector, not vector: it leaves them uninitialised.
template <class T>
using Buffer = xt::uvector<T, NumbersAllocator<T>>;

template <class T>
struct Storage : Numbers<T> {
  explicit Storage(size_t count) : buffer(count) {}
  Buffer<T> buffer;
  int64_t freed_at = 0;  // in tensors made so far
};

// Bytes in tensors of all types on the CPU, and the most there were at once since a MemoryWatch began.
std::atomic<int64_t> bytes_in_use{0}, most_in_use{0};

void count_bytes(int64_t taken) {
  const int64_t now = bytes_in_use += taken;
  int64_t most = most_in_use;
  while (now > most && !most_in_use.compare_exchange_weak(most, now)) {
  }
}

// Freed buffers by size, reused by the next tensor of that size, the one freed last first; a large one also by a tensor
// that fills half of it, so that a dense net, whose layers all differ in size, does not keep one of each. A step
// frees all that it used, and the next wants the same again, so the pool keeps that much. But not more, and nothing for
// long: those that have waited longest make room, so that a run that changes its batch size, or another net, neither
// holds on to all that was ever used nor finds the pool full of sizes that nobody asks for any more.
template <class T>
class Pool {
 public:
  static constexpr int64_t always_allowed = 96 << 20;        // bytes
  static constexpr int64_t large = 1 << 20;                  // bytes
  static constexpr int64_t longest_wait = int64_t{1} << 14;  // tensors made: many steps of a deep net

  // Never destroyed: tensors with static lifetime may outlive everything else.
  static Pool& instance() {
    static Pool* pool = new Pool;
    return *pool;
  }

  std::shared_ptr<Numbers<T>> take(size_t count) {
    std::unique_ptr<Storage<T>> storage;
    count_bytes(bytes(count));
    {
      std::lock_guard lock(mutex_);
      in_use_ += bytes(count);
      most_in_use_ = std::max(most_in_use_, in_use_);
      ++made_;
      const size_t most = bytes(count) < large ? count : 2 * count;
      if (const auto fitting = free_.lower_bound(count); fitting != free_.end() && fitting->first <= most)
        storage = remove(std::prev(free_.upper_bound(fitting->first)));
    }
    if (!storage) storage = std::make_unique<Storage<T>>(count);
    storage->span = {storage->buffer.data(), count};
    return {storage.release(), [](Storage<T>* used) { instance().give_back(std::unique_ptr<Storage<T>>(used)); }};
  }

  int64_t pooled() {
    std::lock_guard lock(mutex_);
    return pooled_;
  }

 private:
  static int64_t bytes(size_t count) { return static_cast<int64_t>(count * sizeof(T)); }

  void give_back(std::unique_ptr<Storage<T>> storage) {
    std::lock_guard lock(mutex_);
    const int64_t used = bytes(storage->span.size());
    count_bytes(-used);
    in_use_ -= used;
    if (storage->device || storage->memory) return;
    storage->freed_at = made_;
    const size_t count = storage->buffer.size();
    pooled_ += bytes(count);
    free_.emplace(count, waiting_.insert(waiting_.end(), std::move(storage)));
    while (too_much() || waiting_.front()->freed_at + longest_wait < made_) {
      // Equal sizes stand in the order in which they were freed, so the oldest of all is the first of its size.
      remove(free_.lower_bound(waiting_.front()->buffer.size()));
      if (waiting_.empty()) break;
    }
  }

  bool too_much() const {
    // Half as much again, because what a step needs of each size, it needs of them at different times.
    return pooled_ > always_allowed && in_use_ + pooled_ > most_in_use_ + most_in_use_ / 2;
  }

  using Waiting = std::list<std::unique_ptr<Storage<T>>>;
  using Free = std::multimap<size_t, typename Waiting::iterator>;

  std::unique_ptr<Storage<T>> remove(typename Free::iterator at) {
    std::unique_ptr<Storage<T>> storage = std::move(*at->second);
    pooled_ -= bytes(at->first);
    waiting_.erase(at->second);
    free_.erase(at);
    return storage;
  }

  std::mutex mutex_;
  Waiting waiting_;  // in the order in which they were freed
  Free free_;
  int64_t pooled_ = 0, in_use_ = 0, most_in_use_ = 0;  // bytes
  int64_t made_ = 0;                                   // tensors
};

template <class T>
Numbers<T> on_device(size_t count, Device& device) {
  std::shared_ptr<void> memory = device.allocate(count * sizeof(T));
  return {.span = {static_cast<T*>(memory.get()), count}, .device = &device, .memory = memory};
}

// Copies numbers from wherever they are to wherever they are to be.
template <class T>
void transfer(std::span<const T> from, Device* from_device, std::span<T> to, Device* to_device) {
  const size_t bytes = from.size_bytes();
  if (bytes == 0) return;
  if (!from_device && !to_device) {
    std::copy(from.begin(), from.end(), to.begin());
  } else if (from_device == to_device) {
    to_device->copy(from.data(), to.data(), bytes);
  } else if (!from_device) {
    to_device->upload(from.data(), to.data(), bytes);
  } else if (!to_device) {
    from_device->download(from.data(), to.data(), bytes);
  } else {  // between two devices by way of the CPU
    std::vector<T> between(from.size());
    from_device->download(from.data(), between.data(), bytes);
    to_device->upload(between.data(), to.data(), bytes);
  }
}

}  // namespace

template <class T>
BasicTensor<T>::BasicTensor(Shape shape, Device* device) : shape_(shape) {
  const auto count = static_cast<size_t>(shape.numel());
  storage_ = device ? std::make_shared<Numbers<T>>(on_device<T>(count, *device)) : Pool<T>::instance().take(count);
}

template <class T>
BasicTensor<T>::BasicTensor(Shape shape, std::span<const T> values) : BasicTensor(shape) {
  check(numel() == static_cast<int64_t>(values.size()), "tensor: ", values.size(), " values do not fill shape ", shape,
        ", which holds ", numel());
  std::copy(values.begin(), values.end(), data().begin());
}

template <class T>
BasicTensor<T> BasicTensor<T>::full(Shape shape, T value, Device* device) {
  BasicTensor tensor(shape, device);
  tensor.fill(value);
  return tensor;
}

template <class T>
T BasicTensor<T>::item() const {
  check(numel() == 1, "item: the tensor has shape ", shape_, ", that is ", numel(), " numbers, not one");
  return device() ? to(nullptr).data()[0] : data()[0];
}

template <class T>
void BasicTensor<T>::refuse() const {
  fail(text("tensor: the numbers of shape ", shape_, " live on ", device_name(device()),
            "; bring them to the CPU first, with to(nullptr)"));
}

template <class T>
BasicTensor<T> BasicTensor<T>::to(Device* target) const {
  if (target == device()) return *this;
  BasicTensor copy(shape_, target);
  transfer<T>(numbers(), device(), copy.numbers(), copy.device());
  return copy;
}

template <class T>
void BasicTensor<T>::move_to(Device* target) {
  if (target == device() || !storage_) return;
  Numbers<T> moved;
  if (target) {
    moved = on_device<T>(storage_->span.size(), *target);
  } else {
    const auto buffer = std::make_shared<Buffer<T>>(storage_->span.size());
    moved = {.span = *buffer, .memory = buffer};
  }
  transfer<T>(numbers(), device(), moved.span, target);
  *storage_ = std::move(moved);
}

template <class T>
BasicTensor<T> BasicTensor<T>::clone() const {
  BasicTensor copy(shape_, device());
  transfer<T>(numbers(), device(), copy.numbers(), copy.device());
  return copy;
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
  if constexpr (std::is_same_v<T, float>) {
    if (Device* const device = this->device()) return device->fill(raw(), value);
  }
  std::fill(data().begin(), data().end(), value);
}

template <class T>
void BasicTensor<T>::copy_from(const BasicTensor& other) {
  check(other.shape_ == shape_, "copy_from: shape ", other.shape_, " does not fit shape ", shape_);
  transfer<T>(other.numbers(), other.device(), numbers(), device());
}

TensorMemory tensor_memory() {
  return {.in_use = bytes_in_use,
          .pooled = Pool<float>::instance().pooled() + Pool<double>::instance().pooled() +
                    Pool<int32_t>::instance().pooled()};
}

MemoryWatch::MemoryWatch() : before_(bytes_in_use), outer_most_(most_in_use.exchange(before_)) {}

MemoryWatch::~MemoryWatch() {
  if (most_in_use < outer_most_) most_in_use = outer_most_;
}

int64_t MemoryWatch::most() const { return most_in_use - before_; }

template class BasicTensor<float>;
template class BasicTensor<double>;
template class BasicTensor<int32_t>;

}  // namespace cnnlab
