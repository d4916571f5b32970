#pragma once
#include <optional>

#include "lib/kernels/geometry.hpp"
#include "lib/tensor/step_recorder.hpp"
#include "native/cuda/branches.hpp"
#include "native/cuda/cuda_device.hpp"
#include "native/cuda/step_kernels.hpp"
#include "native/cuda/step_memory.hpp"

namespace cnnlab::cuda {

/// Records a training step as a CUDA graph. What the step takes of the card's memory stays the graph's, and is planned
/// once, by what the rehearsal takes (StepMemory). What does not need each other's results is done at the same
/// time, on two streams (Branches). Where the card leads others, the one graph does the work of all.
class Recorder : public StepRecorder {
 public:
  explicit Recorder(CudaDevice& card);
  ~Recorder() override;

  void rehearse(const std::function<void()>& step) override;
  void record(const std::function<float()>& step) override;
  void gather(const Gather& data) override;
  void tally(int64_t classes, std::span<const float> output, std::span<const int32_t> labels) override;
  void set_position(int64_t epoch, int64_t position) override;
  void set_rates(const SgdSettings& settings) override;
  void set_keys(const std::vector<uint64_t>& keys) override;
  const std::vector<uint64_t>& keys() const override { return drawn_; }
  void replay() override;
  void send_results() override;
  std::vector<StepResult> receive_results() override;

  // What the card asks while a step runs.
  StepMemory& memory(const CudaDevice& card) { return *part_of(card).memory; }
  bool recording() const { return recording_; }
  Branches& branches(const CudaDevice& card) { return *part_of(card).branches; }
  /// In place of bringing the loss to the CPU: it stays where the tally finds it, and the CPU gets a number to know it
  /// by. Throws NotRecordable for anything else.
  void record_loss(CudaDevice& card, const void* from, void* to, size_t bytes);
  const uint64_t* key(const CudaDevice& card, uint64_t drawn);
  const Sgd::Rates* rates(const CudaDevice& card) { return &there(part_of(card))->rates; }

 private:
  class Running;
  // What it has on one of the cards.
  struct Part {
    CudaDevice* card;
    std::shared_ptr<void> state;           // a StepState
    std::shared_ptr<StepMemory> memory{};  // of the last rehearsal
    std::unique_ptr<Branches> branches{};  // while it records
    bool loss_read = false;
  };
  Part& part_of(const CudaDevice& card);
  static StepState* there(const Part& part) { return static_cast<StepState*>(part.state.get()); }
  float* losses() const { return static_cast<float*>(losses_.get()); }
  StepState* there() const { return there(parts_.front()); }
  void make_ready(cudaGraph_t graph);
  void forget() noexcept;

  CudaDevice& card_;
  std::vector<Part> parts_;        // the first is that of card_
  std::shared_ptr<void> losses_;   // of each card, on card_; apart from its state, for all write there when they like
  StepResult* arrived_ = nullptr;  // results, in memory that the card writes to
  cudaEvent_t sent_event_ = nullptr;  // behind the last sending
  cudaGraphExec_t graph_ = nullptr;
  bool recording_ = false;
  std::vector<uint64_t> drawn_, keys_there_;
  std::optional<Sgd::Rates> rates_there_;
  StepState::Place place_there_{-1, -1};
  int64_t batch_ = 0;  // images in a step
  int64_t steps_ = 0, sent_ = 0, received_ = 0;
};

/// A step's rates as the kernel takes them.
Sgd::Rates rates_of(const SgdSettings& settings);
/// While a step is recorded, where its repetitions will find their rates, or the key in place of this one; else null.
const Sgd::Rates* rates_while_recording();
const uint64_t* key_while_recording(uint64_t drawn);

}  // namespace cnnlab::cuda
