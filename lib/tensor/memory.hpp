#pragma once
#include <cstddef>
#include <cstdint>

namespace cnnlab {

/// Memory for numbers, aligned to a cache line, which is also the widest SIMD register. Where it is large and the
/// system can, it comes in huge pages: the first touch of each page costs more than writing it, and a convolution that
/// walks through many planes at once needs more small pages than the processor keeps addresses of.
void* allocate_numbers(size_t bytes);
void free_numbers(void* memory, size_t bytes);
/// How often `allocate_numbers` was called, by all threads: for tensors that the pool had none for, and for kernels'
/// scratch memory.
int64_t allocations_of_numbers();

/// The same for a standard container.
template <class T>
struct NumbersAllocator {
  using value_type = T;

  NumbersAllocator() = default;
  template <class U>
  NumbersAllocator(const NumbersAllocator<U>&) {}  // NOLINT(google-explicit-constructor): as the standard asks
  T* allocate(size_t count) { return static_cast<T*>(allocate_numbers(count * sizeof(T))); }
  void deallocate(T* memory, size_t count) { free_numbers(memory, count * sizeof(T)); }
  bool operator==(const NumbersAllocator&) const { return true; }
};

}  // namespace cnnlab
