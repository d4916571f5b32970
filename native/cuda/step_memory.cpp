#include "native/cuda/step_memory.hpp"

#include <algorithm>
#include <utility>

namespace cnnlab::cuda {
namespace {

// Numbers that a card reads at once, at most; cuDNN's kernels are made for tensors that begin at such an address.
constexpr int64_t alignment = 16;

int64_t distance(const void* from, const void* to) {
  return static_cast<const std::byte*>(to) - static_cast<const std::byte*>(from);
}

}  // namespace

std::shared_ptr<void> StepMemory::take(size_t bytes) {
  if (!pool_) return take_first(bytes);
  const size_t number = next_taken_++;
  if (number >= taken_.size() || taken_[number].bytes != bytes)
    throw NotRecordable(text("it takes ", bytes, " bytes of memory that the step before did not take"));
  return take_again(number);
}

std::shared_ptr<void> StepMemory::take(size_t bytes, const void* images, const NeededBytes& needed) {
  std::shared_ptr<void> memory = take(bytes);
  if (pool_) return memory;
  const auto found = numbers_.find(card_.allocation_of(images));
  if (found != numbers_.end()) taken_.back().images = found->second;
  taken_.back().needed = needed;
  return memory;
}

std::shared_ptr<void> StepMemory::take_first(size_t bytes) {
  std::shared_ptr<void> memory = card_.pool().take(bytes);
  void* const address = memory.get();
  const size_t number = taken_.size();
  taken_.push_back({.bytes = bytes});
  events_.push_back({number, true});
  numbers_[address] = number;
  return {address, [self = shared_from_this(), memory = std::move(memory), number](void*) { self->gave_back(number); }};
}

void StepMemory::gave_back(size_t number) {
  if (pool_) {
    taken_[number].in_between = nullptr;
  } else {
    events_.push_back({number, false});
    taken_[number].outlives_step = false;
  }
}

std::shared_ptr<void> StepMemory::take_again(size_t number) {
  Taken& taken = taken_[number];
  std::shared_ptr<void> memory;
  if (taken.slice) {
    memory = take_slice(*taken.slice);
  } else {
    memory = taken.early ? std::exchange(taken.early, nullptr) : pool_->take(taken.bytes);
    numbers_[memory.get()] = number;
  }
  taken.now = static_cast<const std::byte*>(memory.get());
  taken.alive = memory;
  return memory;
}

// It is there already, or the first of its slices takes it.
std::shared_ptr<void> StepMemory::take_slice(const Slice& slice) {
  Taken& whole = taken_[slice.of];
  std::shared_ptr<void> memory = whole.alive.lock();
  if (!memory) whole.alive = whole.early = memory = pool_->take(whole.bytes);
  return {memory, static_cast<std::byte*>(memory.get()) + slice.offset};
}

// Goes through the rehearsal's taking and giving back once more, in the graph's own pool: then that has all that the
// record will need. What the rehearsal has not given back yet (gradients) will be free in the pool when it does.
void StepMemory::plan() {
  find_slices();
  fit_to_slices();
  numbers_.clear();
  pool_ = std::make_shared<MemoryPool>(card_.name(), card_.allocations(), true);
  for (const auto [number, begins] : events_) taken_[number].in_between = begins ? take_again(number) : nullptr;
  for (Taken& taken : taken_) taken.alive.reset();
  pool_->seal(true);
}

void StepMemory::find_slices() {
  for (size_t i = 0; i + 1 < touches_.size(); ++i) {
    const Touch &from = touches_[i], &to = touches_[i + 1];
    if (!from.copies || from.work != to.work) continue;
    for (const auto& [part, slice] : {std::pair(from, to), std::pair(to, from)}) {
      if (may_be_slice(part, slice))
        taken_[part.number].slice = {slice.number, slice.extent.offset, slice.extent.stride};
    }
  }
}

// Work on images that lie apart may need more memory, or be impossible.
void StepMemory::fit_to_slices() {
  const auto needed = [this](const Taken& taken) {
    return taken.needed(taken_[*taken.images].slice->stride / static_cast<int64_t>(sizeof(float)));
  };
  const auto works_on_slice = [this](const Taken& taken) { return taken.images && taken_[*taken.images].slice; };
  for (const Taken& taken : taken_)
    if (works_on_slice(taken) && !needed(taken)) taken_[*taken.images].slice.reset();
  for (Taken& taken : taken_)
    if (works_on_slice(taken)) taken.bytes = needed(taken).value();
}

void StepMemory::touch(const Arrays& arrays) {
  for (const Piece& piece : arrays.read) touch(piece, false, arrays.copies);
  for (const Piece& piece : arrays.written) touch(piece, true, arrays.copies);
  ++works_;
}

void StepMemory::touch(const Piece& piece, bool writes, bool copies) {
  const void* const begin = card_.allocation_of(piece.address);
  const auto found = numbers_.find(begin);
  if (found == numbers_.end()) return;  // what outlives the step
  const Extent extent{distance(begin, piece.address), piece.run, piece.stride};
  const Touch touch{works_, found->second, extent, writes, copies};
  if (pool_) {
    check_same(touch, piece.address);
  } else {
    touches_.push_back(touch);
  }
}

// Slices rely on it. What comes behind the step itself touches none.
void StepMemory::check_same(const Touch& touch, const void* address) {
  const auto is_slice_of_it = [&](const Taken& taken) { return taken.slice && taken.slice->of == touch.number; };
  bool same = false;
  if (next_touch_ < touches_.size()) {
    const Touch& before = touches_[next_touch_++];
    const std::byte* const begin = taken_[before.number].now;
    same = begin + before.extent.offset == address && before.extent.run == touch.extent.run &&
           before.writes == touch.writes && before.copies == touch.copies;
  } else {
    same = std::ranges::none_of(taken_, is_slice_of_it);
  }
  if (!same) throw NotRecordable("it uses its memory otherwise than the step before");
}

// Whether a tensor has the bytes of a slice: the same number of runs, one behind the other.
bool StepMemory::same_bytes(const Touch& part, const Touch& slice) const {
  const auto [offset, run, stride] = slice.extent;
  if (run == 0 || part.extent != Extent{0, run, run} || stride <= run || offset + run > stride) return false;
  const auto bytes = [&](const Touch& touch) { return static_cast<int64_t>(taken_[touch.number].bytes); };
  return bytes(part) % run == 0 && bytes(part) / run * stride == bytes(slice) && offset % alignment == 0 &&
         stride % alignment == 0;
}

// Whether a tensor that one work copies into a slice of another, or from there, may lie there all the time. Copied to
// there, nobody touches it any more, and before that nobody else has touched that slice; copied from there, it is only
// read, and nobody changes the slice any more. Who keeps it might do anything with it.
bool StepMemory::may_be_slice(const Touch& part, const Touch& slice) const {
  if (!same_bytes(part, slice) || taken_[part.number].outlives_step) return false;
  const bool into = slice.writes;
  return std::ranges::all_of(touches_, [&](const Touch& touch) {
    const bool before = touch.work < part.work;
    if (touch.work == part.work) return true;
    if (touch.number == part.number)
      return !touch.copies && touch.extent == part.extent && (into ? before : !before && !touch.writes);
    const bool disturbs = into ? before : !before && touch.writes;
    return touch.number != slice.number || !disturbs || !overlap(touch.extent, slice.extent);
  });
}

int64_t StepMemory::image_stride(const void* images, size_t bytes, int64_t image) const {
  const auto there = std::ranges::find_if(taken_, [&](const Taken& taken) {
    return taken.slice && taken.now == images && taken.bytes == bytes && !taken.alive.expired();
  });
  return there == taken_.end() ? image : there->slice->stride;
}

}  // namespace cnnlab::cuda
