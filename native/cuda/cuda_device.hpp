#pragma once
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/tensor/device_group.hpp"
#include "lib/tensor/step_recorder.hpp"
#include "native/cuda/arrays.hpp"
#include "native/cuda/status.hpp"

namespace cnnlab::cuda {

class Recorder;

/// The bytes that work needs where its images lie so many numbers apart; none where it cannot be done so.
using NeededBytes = std::function<std::optional<size_t>(int64_t stride)>;

/// Where allocations of one card begin, and how many bytes they have.
using Allocations = std::map<const std::byte*, size_t>;

/// Memory of one graphics card. What is freed is kept by size and handed out again: whoever gets a buffer writes to it
/// after whoever had it has read it, since all work goes through one stream, or keeps to Branches. A training step that
/// repeats the sizes of the one before asks the driver for nothing.
class MemoryPool : public std::enable_shared_from_this<MemoryPool> {
 public:
  /// `spread`: what was freed last is handed out last, so that two branches seldom wait for each other's memory.
  MemoryPool(std::string device_name, std::shared_ptr<Allocations> allocations, bool spread = false)
      : device_name_(std::move(device_name)), allocations_(std::move(allocations)), spread_(spread) {}
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// Throws Error when the card has no more, even after all that is free was given back.
  std::shared_ptr<void> take(size_t bytes);
  /// While a step is recorded the driver gives nothing: what is not there already throws NotRecordable.
  void seal(bool sealed) { sealed_ = sealed; }

 private:
  void* allocate(size_t bytes);
  void release_free();

  std::string device_name_;
  std::shared_ptr<Allocations> allocations_;
  bool spread_, sealed_ = false;
  std::map<size_t, std::deque<void*>> free_;
};

/// What cards that compute one step on one batch do together.
class Sharing {
 public:
  Sharing() = default;
  virtual ~Sharing() = default;
  Sharing(const Sharing&) = delete;
  Sharing& operator=(const Sharing&) = delete;

  /// Each array becomes the mean of those at its place on all cards. All cards have to come to this, and in the same
  /// order.
  virtual void average(int64_t place, std::vector<std::span<float>> arrays) = 0;
};
/// A card's share of the batch that is computed now: number `place` of `of`.
struct Share {
  Sharing* with = nullptr;
  int64_t place = 0, of = 1;
};

/// One graphics card, and what computes on it: a stream, on which everything happens in order, and CUDA's libraries.
/// What is recorded goes to a second stream as well (Branches).
class CudaDevice : public RecordingDevice, public BatchSharer {
 public:
  struct Options {
    int index = 0;
    bool tf32 = false;  ///< round the factors of products to 10 bits, as PyTorch's allow_tf32: faster, less exact
  };
  /// Throws Error, saying what is missing, when that card cannot be used.
  explicit CudaDevice(Options options);
  ~CudaDevice() override;

  std::string name() const override { return "cuda:" + std::to_string(options_.index); }
  const Backend<float>& backend() const override;
  std::shared_ptr<void> allocate(size_t bytes) override;
  void upload(const void* from, void* to, size_t bytes) override;
  void download(const void* from, void* to, size_t bytes) override;
  void copy(const void* from, void* to, size_t bytes) override;
  void fill(std::span<float> numbers, float value) override;
  std::unique_ptr<StepRecorder> step_recorder() override;

  const Options& options() const { return options_; }
  /// The other cards that train together with this one, which leads them; none where it is alone.
  const std::vector<CudaDevice*>& followers() const { return followers_; }
  void lead(std::vector<CudaDevice*> followers) { followers_ = std::move(followers); }

  /// Makes this the card whose kernels this thread starts from now on, and to which its calls of CUDA go. Whatever a
  /// device is asked, its table of kernels too, begins with this.
  void use() const;
  cudaStream_t stream() const { return streams_[0]; }
  cudaStream_t side_stream() const { return streams_[1]; }
  cublasHandle_t blas() const { return blas_; }  ///< on the main stream
  void* blas_workspace() const { return blas_workspace_.get(); }
  cudnnHandle_t dnn() const { return dnn_; }
  /// Works on this stream from now on.
  cudnnHandle_t dnn(cudaStream_t stream);

  /// Puts work into a stream: start(stream) does, and touches these arrays alone.
  template <class Start>
  void work(const Arrays& arrays, const Start& start, Way way = Way::branch) {
    const int number = begin_work(arrays, way);
    start(streams_[number]);
    end_work(arrays, number);
  }
  /// A copy that need not be made, since a recorded step has it there already.
  void leave_out(const Arrays& arrays);
  /// The same as `work` in two parts, where it is put there with that of other cards.
  int begin_work(const Arrays& arrays, Way way);
  void end_work(const Arrays& arrays, int stream);
  /// What comes next on the main stream comes behind all that was asked so far.
  void join_branches();
  /// Where the piece of this card's memory begins in which an address lies; null where it lies in none.
  const void* allocation_of(const void* address) const;
  const std::shared_ptr<Allocations>& allocations() const { return allocations_; }
  MemoryPool& pool() const { return *pool_; }
  /// Numbers from one image to the next, of so many numbers each: more than that where a recorded step has them in a
  /// slice of a larger tensor (StepMemory).
  int64_t image_stride(std::span<const float> images, int64_t image) const;
  /// Memory for work on such images.
  std::shared_ptr<void> allocate_for(std::span<const float> images, int64_t image, const NeededBytes& needed);

  int64_t sharers() const override { return share_.of; }
  const Share& share() const { return share_; }
  void set_share(Share share) { share_ = share; }

  /// Whose step runs now: it gives the memory, and may keep the work; null for none.
  Recorder* recorder() const { return recorder_; }
  void set_recorder(Recorder* recorder) { recorder_ = recorder; }
  /// Whether what it is asked is recorded, and not done.
  bool recording() const;

 private:
  void open();
  void close() noexcept;

  Options options_;
  std::vector<CudaDevice*> followers_;
  Share share_;
  std::shared_ptr<Allocations> allocations_ = std::make_shared<Allocations>();
  std::shared_ptr<MemoryPool> pool_;
  std::array<cudaStream_t, 2> streams_{};  // the main one, and the side one
  cublasHandle_t blas_ = nullptr;
  cudnnHandle_t dnn_ = nullptr;
  cudaStream_t dnn_stream_ = nullptr;  // where cuDNN works now
  std::shared_ptr<void> blas_workspace_;
  Recorder* recorder_ = nullptr;
};

/// The card whose kernels this thread starts now.
CudaDevice& current();

/// Throws Error unless there is a driver, new enough, and a card: in one line what is missing.
void check_driver();
/// The same for card `index`, which has to be new enough.
void check_usable(int index);
/// "cuda:0: NVIDIA H100, compute capability 9.0, 132 multiprocessors, 81079 MiB"
std::string describe_card(int index);

}  // namespace cnnlab::cuda
