#include "tests/cuda_on_cpu/card.hpp"

#include <cstring>

#include <sys/mman.h>

#include "lib/tensor/error.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace cnnlab::testing {
namespace {

constexpr size_t arena_bytes = size_t{2} << 30;
constexpr size_t gap = 256;  // before and behind every allocation; also its alignment, as cudaMalloc's

constexpr size_t most_filled = 16 << 20;  // not cuBLAS's workspace: touching its pages takes longest of all

size_t rounded_up(size_t bytes) { return (bytes + gap - 1) / gap * gap; }

}  // namespace

Card& Card::instance() {
  static auto* const card = new Card;  // never destroyed: memory of its may be given back by static destructors
  return *card;
}

Card::Card() {
  void* const arena = mmap(nullptr, arena_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  check(arena != MAP_FAILED, "cuda_on_cpu: no room for the card's memory");
  begin_ = static_cast<std::byte*>(arena);
  ASAN_POISON_MEMORY_REGION(begin_, arena_bytes);
}

bool Card::fails(const char* function) {
  ++by_function_[function];
  const bool fails = calls_++ == failing_;
  if (fails) failed_ = function;
  return fails;
}

void Card::let_fail(int64_t index) {
  failing_ = index;
  calls_ = 0;
  failed_.clear();
  by_function_.clear();
}

// The first gap that is large enough.
void* Card::allocate(size_t bytes) {
  if (used_ + bytes > memory) return nullptr;
  std::byte* address = begin_ + gap;
  for (const auto& [taken, size] : allocations_) {
    if (taken >= address + rounded_up(bytes) + gap) break;
    address = taken + rounded_up(size) + gap;
  }
  if (address + rounded_up(bytes) + gap > begin_ + arena_bytes) return nullptr;
  allocations_[address] = bytes;
  used_ += bytes;
  ASAN_UNPOISON_MEMORY_REGION(address, bytes);
  if (bytes > most_filled) return address;
  mprotect(begin_, arena_bytes, PROT_READ | PROT_WRITE);
  std::memset(address, 0xff, bytes);  // NaN, as a float
  mprotect(begin_, arena_bytes, PROT_NONE);
  return address;
}

bool Card::release(void* address) {
  const auto found = allocations_.find(static_cast<std::byte*>(address));
  if (found == allocations_.end()) return false;
  for (cudaStream_t stream : streams_) finish(stream);  // as cudaFree, which waits
  ASAN_POISON_MEMORY_REGION(address, found->second);
  used_ -= found->second;
  allocations_.erase(found);
  // Pages that were touched make the next mprotect slower.
  if (allocations_.empty()) madvise(begin_, arena_bytes, MADV_DONTNEED);
  return true;
}

bool Card::owns(const void* address, size_t bytes) const {
  auto* const first = const_cast<std::byte*>(static_cast<const std::byte*>(address));
  const auto after = allocations_.upper_bound(first);
  if (after == allocations_.begin()) return false;
  const auto& [start, size] = *std::prev(after);
  return first + bytes <= start + size;
}

bool Card::inside(const void* address) const { return address >= begin_ && address < begin_ + arena_bytes; }

cudaStream_t Card::add_stream() {
  auto* const stream = new CUstream_st;
  streams_.insert(stream);
  ++handles;
  return stream;
}

bool Card::remove_stream(cudaStream_t stream) {
  if (streams_.erase(stream) == 0) return false;
  delete stream;
  --handles;
  return true;
}

void Card::finish(cudaStream_t stream) { finish(stream, stream->work.size()); }

void Card::finish(const CUevent_st& event) {
  if (event.stream && event.behind > event.stream->done)
    finish(event.stream, static_cast<size_t>(event.behind - event.stream->done));
}

void Card::finish(cudaStream_t stream, size_t count) {
  if (count == 0) return;
  mprotect(begin_, arena_bytes, PROT_READ | PROT_WRITE);
  for (size_t i = 0; i < count; ++i) stream->work[i]();
  mprotect(begin_, arena_bytes, PROT_NONE);
  stream->work.erase(stream->work.begin(), stream->work.begin() + static_cast<std::ptrdiff_t>(count));
  stream->done += static_cast<int64_t>(count);
}

bool Card::capture_forbids() {
  bool forbids = false;
  for (cudaStream_t stream : streams_) {
    if (!stream->capturing) continue;
    forbids = stream->broken = true;
  }
  return forbids;
}

void* Card::allocate_pinned(size_t bytes) {
  std::vector<std::byte> taken(bytes);
  std::byte* const address = taken.data();
  pinned_[address] = std::move(taken);
  ++handles;
  return address;
}

bool Card::release_pinned(void* address) {
  for (cudaStream_t stream : streams_) finish(stream);  // as cudaFreeHost, which waits
  if (pinned_.erase(static_cast<std::byte*>(address)) == 0) return false;
  --handles;
  return true;
}

bool Card::is_pinned(const void* address, size_t bytes) const {
  const auto* const first = static_cast<const std::byte*>(address);
  const auto after = pinned_.upper_bound(first);
  if (after == pinned_.begin()) return false;
  const auto& [start, taken] = *std::prev(after);
  return first + bytes <= start + taken.size();
}

}  // namespace cnnlab::testing
