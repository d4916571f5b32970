#include "tests/cuda_on_cpu/card.hpp"

#include <cstring>
#include <numeric>
#include <utility>

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

constexpr size_t arena_bytes = size_t{2} << 30;  // of a card
constexpr size_t gap = 256;  // before and behind every allocation; also its alignment, as cudaMalloc's

constexpr size_t most_filled = 16 << 20;  // not cuBLAS's workspace: touching its pages takes longest of all

size_t rounded_up(size_t bytes) { return (bytes + gap - 1) / gap * gap; }

}  // namespace

Card& Card::instance() {
  static auto* const card = new Card;  // never destroyed: memory of its may be given back by static destructors
  return *card;
}

Card::Card() {
  void* const arenas =
      mmap(nullptr, most_cards * arena_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  check(arenas != MAP_FAILED, "cuda_on_cpu: no room for the cards' memory");
  begin_ = static_cast<std::byte*>(arenas);
}

std::byte* Card::arena(int device) const { return begin_ + static_cast<size_t>(device) * arena_bytes; }

void Card::open(int device) {
  if (device == open_) return;
  const auto protect = [this](int which, int how) {
    const bool all = which == everything;
    mprotect(arena(all ? 0 : which), all ? static_cast<size_t>(cards) * arena_bytes : arena_bytes, how);
  };
  if (open_ != nothing) protect(open_, PROT_NONE);
  if (device != nothing) protect(device, PROT_READ | PROT_WRITE);
  open_ = device;
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
  works_.clear();
  touched_ = 0;
}

// The first gap that is large enough.
void* Card::allocate(size_t bytes) {
  size_t& used = used_[static_cast<size_t>(current)];
  if (used + bytes > memory) return nullptr;
  std::byte* const begin = arena(current);
  if (!std::exchange(poisoned_[static_cast<size_t>(current)], true)) ASAN_POISON_MEMORY_REGION(begin, arena_bytes);
  std::byte* address = begin + gap;
  for (auto place = allocations_.lower_bound(begin); place != allocations_.end(); ++place) {
    if (place->first >= address + rounded_up(bytes) + gap) break;
    address = place->first + rounded_up(place->second) + gap;
  }
  if (address + rounded_up(bytes) + gap > begin + arena_bytes) return nullptr;
  allocations_[address] = bytes;
  used += bytes;
  ASAN_UNPOISON_MEMORY_REGION(address, bytes);
  if (bytes > most_filled) return address;
  open(current);
  std::memset(address, 0xff, bytes);  // NaN, as a float
  open(nothing);
  return address;
}

bool Card::release(void* address) {
  const auto found = allocations_.find(static_cast<std::byte*>(address));
  if (found == allocations_.end()) return false;
  for (cudaStream_t stream : streams_) finish(stream);  // as cudaFree, which waits
  const auto [start, bytes] = *found;
  ASAN_POISON_MEMORY_REGION(start, bytes);
  used_[static_cast<size_t>(start - begin_) / arena_bytes] -= bytes;
  allocations_.erase(found);
  if (allocations_.empty()) drop_pages();
  return true;
}

// Pages that were touched make the next mprotect slower.
void Card::drop_pages() { madvise(begin_, most_cards * arena_bytes, MADV_DONTNEED); }

void Card::take_back_lost() {
  for (cudaStream_t stream : streams_) delete stream;  // with the work that waited in it
  streams_.clear();
  for (const auto& [start, bytes] : allocations_) ASAN_POISON_MEMORY_REGION(start, bytes);
  allocations_.clear();
  used_ = {};
  pinned_.clear();
  handles = 0;
  drop_pages();
}

size_t Card::used() const { return std::accumulate(used_.begin(), used_.end(), size_t{0}); }

bool Card::owns(const void* address, size_t bytes) const {
  auto* const first = const_cast<std::byte*>(static_cast<const std::byte*>(address));
  const auto after = allocations_.upper_bound(first);
  if (after == allocations_.begin()) return false;
  const auto& [start, size] = *std::prev(after);
  return first + bytes <= start + size;
}

bool Card::owns(const void* address, size_t bytes, int device) const {
  return owns(address, bytes) && address >= arena(device) && address < arena(device) + arena_bytes;
}

bool Card::inside(const void* address) const {
  return address >= begin_ && address < begin_ + most_cards * arena_bytes;
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
