#pragma once
#include <array>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "native/cuda/arrays.hpp"
#include "native/cuda/status.hpp"

namespace cnnlab::cuda {

/// Spreads the work of a recorded step over two streams of a card. Work goes on in the stream of what it needs, if that
/// comes last there or nobody else has read it yet; a second branch, which reads what the first began with, goes to the
/// other stream. Where work needs what the other stream does, it waits for just that: for an event
/// behind it. In the recorded graph, branches that do not need each other's results then have no order.
///
/// What work needs follows from the memory it reads and writes alone, so it holds for memory that is used again, too.
/// Those who write to different slices of one tensor do not need each other; who reads the whole needs them all.
class Branches {
 public:
  using Lookup = std::function<const void*(const void*)>;

  /// `allocation` says where the piece of memory begins in which an address lies; null for what is not this card's.
  Branches(cudaStream_t main, cudaStream_t side, Lookup allocation)
      : streams_{main, side}, allocation_(std::move(allocation)) {}
  ~Branches();
  Branches(const Branches&) = delete;
  Branches& operator=(const Branches&) = delete;

  /// Which stream, 0 or 1, the work belongs to; from here on that stream may do it.
  int begin(const Arrays& arrays, Way way);
  /// The work was put into it.
  void end(const Arrays& arrays, int stream);
  /// What comes next on the main stream comes behind all work so far.
  void join();

 private:
  // By the numbers of the works in each stream: the last that wrote there, and the last that read what is there now.
  struct Use {
    std::array<int, 2> written{-1, -1}, read{-1, -1};
  };
  using Uses = std::vector<std::pair<Extent, Use>>;  // of one allocation
  struct Place {
    const void* allocation;
    Extent extent;
  };

  int last(int stream) const { return static_cast<int>(done_[stream].size()) - 1; }
  int choose(const Arrays& arrays, Way way);
  void wait(int stream, int number_of_other);
  Place place_of(const Piece& piece) const;
  Use use_of(const Piece& piece);
  void read(const Piece& piece, int stream);
  void written(const Piece& piece, int stream);

  std::array<cudaStream_t, 2> streams_;
  Lookup allocation_;
  std::array<std::vector<cudaEvent_t>, 2> done_;  // behind each work
  std::array<int, 2> behind_{-1, -1};             // of the other stream's work, what each comes behind
  int latest_ = 0;                                // the stream that got the last work
  std::map<const void*, Uses> uses_;
};

}  // namespace cnnlab::cuda
