#include "lib/tensor/memory.hpp"

#include <atomic>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace cnnlab {
namespace {

std::atomic<int64_t> allocations{0};

constexpr size_t huge_page = 2 << 20;

std::align_val_t alignment(size_t bytes) { return std::align_val_t{bytes >= huge_page ? huge_page : 64}; }

}  // namespace

void* allocate_numbers(size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = ::operator new(bytes, alignment(bytes));
#if defined(__linux__)
  if (bytes >= huge_page) madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: without huge pages it stays as it is
#endif
  return memory;
}

int64_t allocations_of_numbers() { return allocations; }

void free_numbers(void* memory, size_t bytes) { ::operator delete(memory, alignment(bytes)); }

}  // namespace cnnlab
