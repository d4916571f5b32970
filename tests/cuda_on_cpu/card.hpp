#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <cuda_runtime_api.h>

using Work = std::vector<std::function<void()>>;

// Opaque in CUDA's headers; here a stream is the work that waits in it.
struct CUstream_st {
  Work work;
  int64_t done = 0;  // how much was before it
  bool capturing = false, broken = false;
  Work captured;
};
// Behind so much work of a stream.
struct CUevent_st {
  cudaStream_t stream = nullptr;
  int64_t behind = 0;
};
struct CUgraph_st {
  Work work;
};
struct CUgraphExec_st {
  Work work;
};

namespace cnnlab::testing {

/// The graphics card that the stand-ins for CUDA's libraries pretend to be. Work waits in its stream until somebody
/// waits for the stream, as late as a real card may do it. The card's memory lies apart: outside that work any access
/// to it is a segmentation fault, and under AddressSanitizer also one beside an allocation. New memory is full of NaN,
/// but for the largest pieces.
///
/// While a stream captures, its work goes to a graph and is not done. What CUDA forbids meanwhile (in the thread that
/// captures: to take or free memory, to wait, to copy from or to memory that is not pinned) fails and spoils the graph.
class Card {
 public:
  // What the machine is like.
  int driver = CUDART_VERSION;
  int cards = 1;
  int capability = 90;
  size_t memory = size_t{1} << 30;

  /// Counts a call of a library function, and says whether this is the one that has to fail.
  bool fails(const char* function);
  /// The call number `index` (from 0) from now on fails; −1: none.
  void let_fail(int64_t index);
  int64_t calls() const { return calls_; }
  const std::map<std::string, int>& calls_by_function() const { return by_function_; }
  const std::string& failed() const { return failed_; }

  void* allocate(size_t bytes);  ///< null when there is no room
  bool release(void* address);
  /// Whether all of these bytes lie in one allocation.
  bool owns(const void* address, size_t bytes) const;
  /// Whether an address lies in the card's memory at all.
  bool inside(const void* address) const;
  size_t used() const { return used_; }

  bool is_stream(cudaStream_t stream) const { return streams_.contains(stream); }
  cudaStream_t add_stream();
  bool remove_stream(cudaStream_t stream);
  void submit(cudaStream_t stream, std::function<void()> work) {
    (stream->capturing ? stream->captured : stream->work).push_back(std::move(work));
  }
  void finish(cudaStream_t stream);
  /// Up to what was there when the event was recorded.
  void finish(const CUevent_st& event);
  /// Whether something is asked for that cannot be done, since a stream captures; its graph is spoiled then.
  bool capture_forbids();

  void* allocate_pinned(size_t bytes);
  bool release_pinned(void* address);
  bool is_pinned(const void* address, size_t bytes) const;

  /// Streams, handles, descriptors, graphs, events and pinned memory that were made and not destroyed.
  int64_t handles = 0;

  static Card& instance();

 private:
  Card();
  std::byte* begin_;
  std::map<std::byte*, size_t> allocations_;
  std::set<cudaStream_t> streams_;
  std::map<const std::byte*, std::vector<std::byte>> pinned_;
  void finish(cudaStream_t stream, size_t count);
  size_t used_ = 0;
  int64_t calls_ = 0, failing_ = -1;
  std::map<std::string, int> by_function_;
  std::string failed_;
};

}  // namespace cnnlab::testing

/// Begins a stand-in: the call is counted, and fails when its turn has come.
#define CNNLAB_CALL(failure) \
  if (cnnlab::testing::Card::instance().fails(__func__)) return failure
/// The same for one that CUDA forbids while a stream captures.
#define CNNLAB_CALL_OUTSIDE_CAPTURE(failure) \
  CNNLAB_CALL(failure);                      \
  if (cnnlab::testing::Card::instance().capture_forbids()) return cudaErrorStreamCaptureUnsupported
