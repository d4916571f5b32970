#pragma once
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "native/cuda/cuda_device.hpp"

namespace cnnlab::cuda {

/// The memory that a recorded step takes of one card, planned once: the rehearsal takes it from the card's own pool and
/// shows what is taken, touched and given back, one after the other; the record does the same again, in memory that is
/// the graph's alone.
///
/// So it is known beforehand which tensor is only made to be copied into a slice of another, as a branch of Inception
/// by `cat`, and which is only read where a slice of another was copied to, as the gradient of such a branch. Where all
/// who touch it can deal with images that lie apart (the convolutions, their bias and its gradient), the record gets
/// that slice itself, and nothing is left to copy.
class StepMemory : public std::enable_shared_from_this<StepMemory> {
 public:
  explicit StepMemory(const CudaDevice& card) : card_(card) {}
  ~StepMemory() = default;
  StepMemory(const StepMemory&) = delete;
  StepMemory& operator=(const StepMemory&) = delete;

  /// The rehearsal is over; all that the record will take is taken from the driver.
  void plan();

  // What the card asks while a step runs. Throws NotRecordable where the record wants otherwise than the rehearsal.
  std::shared_ptr<void> take(size_t bytes);
  /// For work on these images.
  std::shared_ptr<void> take(size_t bytes, const void* images, const NeededBytes& needed);
  void touch(const Arrays& arrays);
  /// Bytes from one image to the next, of images of `image` bytes each, `bytes` together.
  int64_t image_stride(const void* images, size_t bytes, int64_t image) const;

 private:
  // What was taken, by its number in the order of taking; where it became one, the slice of another.
  struct Slice {
    size_t of;
    int64_t offset, stride;
  };
  struct Taken {
    size_t bytes;
    bool outlives_step = true;  // in the rehearsal, as far as is known
    std::optional<Slice> slice{};
    std::optional<size_t> images{};  // what it is needed for, and how much of it
    NeededBytes needed{};
    const std::byte* now = nullptr;      // in the record
    std::weak_ptr<void> alive{};         // whoever has it, or a slice of it, or that of which it is one
    std::shared_ptr<void> early{};       // taken for its first slice, until its own turn
    std::shared_ptr<void> in_between{};  // while the rehearsal's is in use, after the rehearsal
  };
  struct Event {
    size_t number;
    bool begins;
  };
  struct Touch {
    size_t work, number;
    Extent extent;
    bool writes, copies;
  };

  std::shared_ptr<void> take_first(size_t bytes);
  std::shared_ptr<void> take_again(size_t number);
  std::shared_ptr<void> take_slice(const Slice& slice);
  void gave_back(size_t number);
  void touch(const Piece& piece, bool writes, bool copies);
  void check_same(const Touch& touch, const void* address);
  void find_slices();
  void fit_to_slices();
  bool same_bytes(const Touch& part, const Touch& slice) const;
  bool may_be_slice(const Touch& part, const Touch& slice) const;

  const CudaDevice& card_;
  std::vector<Taken> taken_;
  std::vector<Event> events_;
  std::vector<Touch> touches_;
  std::map<const void*, size_t> numbers_;  // of what begins there
  std::shared_ptr<MemoryPool> pool_;       // the graph's, once it is planned
  size_t works_ = 0, next_taken_ = 0, next_touch_ = 0;
};

}  // namespace cnnlab::cuda
