#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <cuda_runtime_api.h>

namespace cnnlab::testing {
using Work = std::function<void()>;

// Some of the cards' memory: so many bytes, or (0) the whole allocation in which the address lies; with a stride, so
// many bytes again and again, to the end of the allocation.
struct Piece {
  const void* address;
  size_t bytes = 0, stride = 0;
};
// What work does with it.
struct Touched {
  const char* by;  // a function's or kernel's name
  std::vector<Piece> read{}, written{};
  const void* workspace = nullptr;  // written, too, with what nobody reads
};
// A piece of captured work, and those that have to be done before it.
struct Node {
  int device;
  Work work;
  std::vector<size_t> after;
  Touched touched;
};
// What is captured: work of the stream that began it, and of those that joined by waiting for an event in it.
struct Capture {
  std::vector<Node> nodes;
  bool broken = false;
};
struct Executable {
  std::vector<Node> nodes;
  bool launched = false;
};
}  // namespace cnnlab::testing

// Opaque in CUDA's headers; here a stream is the work that waits in it.
struct CUstream_st {
  int device;
  std::deque<cnnlab::testing::Work> work{};
  int64_t done = 0;                                     // how much was before it
  std::shared_ptr<cnnlab::testing::Capture> capture{};  // while it captures
  bool began = false;                                   // that capture
  std::vector<size_t> tails{};                          // the nodes that its next one comes behind
};
// Behind so much work of a stream; or behind nodes of a capture.
struct CUevent_st {
  int device;
  cudaStream_t stream = nullptr;
  int64_t behind = 0;
  std::shared_ptr<cnnlab::testing::Capture> capture{};
  std::vector<size_t> tails{};
};
struct CUgraph_st {
  std::vector<cnnlab::testing::Node> nodes;
};
struct CUgraphExec_st {
  std::shared_ptr<cnnlab::testing::Executable> work;
};

namespace cnnlab::testing {

/// The machine with graphics cards that the stand-ins for CUDA's libraries pretend to be. Work waits in its stream
/// until somebody waits for the stream, as late as a real card may do it. The cards' memory lies apart: work of one
/// card may touch its own alone (but for copies and NCCL; a graph is held to that the first time it is launched), and
/// outside that work any access is a segmentation fault; under AddressSanitizer also one beside an allocation. New
/// memory is full of NaN, but for the largest pieces.
///
/// While a stream captures, its work goes to a graph and is not done. What CUDA forbids meanwhile (in the thread that
/// captures: to take or free memory, to wait, to copy from or to memory that is not pinned) fails and spoils the graph.
/// A graph's work is done in another order each time, of all those that its events allow: where one is missing, the
/// results will differ. And where two works of a graph touch the same memory, one of them to write to it, while no
/// event puts them in order, the capture ends with an Error that names both.
class Card {
 public:
  static constexpr int most_cards = 4;
  // What the machine is like.
  int driver = CUDART_VERSION;
  int cards = 1;
  int capability = 90;
  size_t memory = size_t{1} << 30;  ///< of each
  bool convolves_slices = true;     ///< whether cuDNN takes images that lie apart

  static inline thread_local int current = 0;  ///< cudaSetDevice, for each thread

  /// Counts a call of a library function, and says whether this is the one that has to fail.
  bool fails(const char* function);
  /// The call number `index` (from 0) from now on fails; −1: none.
  void let_fail(int64_t index);
  int64_t calls() const { return calls_; }
  const std::map<std::string, int>& calls_by_function() const { return by_function_; }
  const std::string& failed() const { return failed_; }

  void* allocate(size_t bytes);  ///< on the current card; null when there is no room
  bool release(void* address);
  /// Whether all of these bytes lie in one allocation, on any card or on that one.
  bool owns(const void* address, size_t bytes) const;
  bool owns(const void* address, size_t bytes, int device) const;
  /// Whether an address lies in a card's memory at all.
  bool inside(const void* address) const;
  /// Takes back what nobody owns any more, since a call failed that should have given it back: all that is left once
  /// everything was closed.
  void take_back_lost();
  size_t used() const;
  size_t used(int device) const { return used_[static_cast<size_t>(device)]; }

  bool is_stream(cudaStream_t stream) const { return streams_.contains(stream); }
  /// Whether kernels may be started in it: it belongs to the current card.
  bool takes_kernels(cudaStream_t stream) const { return is_stream(stream) && stream->device == current; }
  cudaStream_t add_stream();
  bool remove_stream(cudaStream_t stream);
  void submit(cudaStream_t stream, Touched touched, Work work);
  void finish(cudaStream_t stream);
  /// Behind all that was asked of the stream so far.
  void record(CUevent_st& event, cudaStream_t stream) const;
  /// What is asked of the stream from here on comes behind the event. False where a capture forbids it.
  bool wait(cudaStream_t stream, const CUevent_st& event);
  /// Up to what was there when the event was recorded.
  void finish(const CUevent_st& event);
  /// In work: it may touch the memory of all cards.
  void open_all() { open(everything); }

  void begin_capture(cudaStream_t stream);
  /// The capture is over, for all its streams; null when it was spoiled or a stream did not come back to this
  /// one (not `joined`).
  CUgraph_st* end_capture(cudaStream_t stream, bool& joined);
  /// Whether something is asked for that cannot be done, since a stream captures; its graph is spoiled then.
  bool capture_forbids();
  /// Pairs of works of this name, in the graph that was captured last, of which either may be done first.
  int64_t pairs_without_order(const std::string& name) { return pairs_without_order_[name]; }
  /// Works of this name that were put into streams or graphs, and the bytes of the arrays that all works touch, each
  /// array once for each work, without workspaces; since let_fail.
  int64_t works(const std::string& name) { return works_[name]; }
  size_t touched() const { return touched_; }
  void launch(const CUgraphExec_st& graph, cudaStream_t stream);

  void* allocate_pinned(size_t bytes);
  bool release_pinned(void* address);
  bool is_pinned(const void* address, size_t bytes) const;

  /// Streams, handles, descriptors, graphs, events and pinned memory that were made and not destroyed.
  int64_t handles = 0;

  static Card& instance();

 private:
  static constexpr int everything = -1, nothing = -2;
  Card();
  std::byte* arena(int device) const;
  void drop_pages();
  void open(int device);
  void finish(cudaStream_t stream, int64_t until);
  void run(Executable& graph);
  void check_order(const std::vector<Node>& nodes);
  using Bounds = std::pair<const std::byte*, const std::byte*>;
  Bounds allocation_of(const void* address) const;
  std::vector<Bounds> bounds(const Piece& piece) const;

  std::byte* begin_;
  int open_ = nothing, depth_ = 0;
  std::map<std::byte*, size_t> allocations_;
  std::set<cudaStream_t> streams_;
  std::map<const std::byte*, std::vector<std::byte>> pinned_;
  std::array<size_t, most_cards> used_{};
  std::array<bool, most_cards> poisoned_{};  // all that is not allocated
  uint64_t launches_ = 0;
  std::map<std::string, int64_t> pairs_without_order_;
  std::map<std::string, int64_t> works_;
  size_t touched_ = 0;
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
