#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <cuda_runtime_api.h>

// Opaque in CUDA's headers; here a stream is the work that waits in it.
struct CUstream_st {
  std::vector<std::function<void()>> work;
};

namespace cnnlab::testing {

/// The graphics card that the stand-ins for CUDA's libraries pretend to be. Work waits in its stream until somebody
/// waits for the stream, as late as a real card may do it. The card's memory lies apart: outside that work any access
/// to it is a segmentation fault, and under AddressSanitizer also one beside an allocation. New memory is full of NaN,
/// but for the largest pieces.
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
  void submit(cudaStream_t stream, std::function<void()> work) { stream->work.push_back(std::move(work)); }
  void finish(cudaStream_t stream);

  /// Streams, handles and descriptors that were made and not destroyed.
  int64_t handles = 0;

  static Card& instance();

 private:
  Card();
  std::byte* begin_;
  std::map<std::byte*, size_t> allocations_;
  std::set<cudaStream_t> streams_;
  size_t used_ = 0;
  int64_t calls_ = 0, failing_ = -1;
  std::map<std::string, int> by_function_;
  std::string failed_;
};

}  // namespace cnnlab::testing

/// Begins a stand-in: the call is counted, and fails when its turn has come.
#define CNNLAB_CALL(failure) \
  if (cnnlab::testing::Card::instance().fails(__func__)) return failure
