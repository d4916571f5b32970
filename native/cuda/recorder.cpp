#include "native/cuda/recorder.hpp"

#include <algorithm>
#include <bit>

#include "native/cuda/launch.hpp"

namespace cnnlab::cuda {
namespace {

// What the CPU sees in place of the loss while a step is recorded: a number that no computation gives.
constexpr auto stand_in_loss = std::bit_cast<float>(0x7f4c6f73u);

}  // namespace

// While it lives, the recorder's step runs.
class Recorder::Running {
 public:
  Running(Recorder& recorder, bool recording) : recorder_(recorder) {
    recorder.recording_ = recording;
    recorder.loss_read_ = false;
    recorder.pool_->seal(recording);
    recorder.card_.set_recorder(&recorder);
  }
  ~Running() {
    recorder_.card_.set_recorder(nullptr);
    recorder_.pool_->seal(false);
    recorder_.recording_ = false;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Recorder& recorder_;
};

Recorder::Recorder(CudaDevice& card) : card_(card), state_(card.allocate(sizeof(StepState))) {
  try {
    check_status(cudaMallocHost(reinterpret_cast<void**>(&arrived_), sizeof(StepState::results)),
                 "taking pinned memory");
    check_status(cudaEventCreateWithFlags(&sent_event_, cudaEventDisableTiming), "making an event");
    bring(int64_t{0}, &there()->step);
  } catch (...) {
    forget();
    throw;
  }
}

Recorder::~Recorder() { forget(); }

void Recorder::forget() noexcept {
  static_cast<void>(cudaStreamSynchronize(card_.stream()));  // results may be on their way
  if (graph_) static_cast<void>(cudaGraphExecDestroy(graph_));
  if (sent_event_) static_cast<void>(cudaEventDestroy(sent_event_));
  if (arrived_) static_cast<void>(cudaFreeHost(arrived_));
}

void Recorder::rehearse(const std::function<void()>& step) {
  pool_ = std::make_shared<MemoryPool>(card_.name());  // of the one before, what is in use stays
  const Running running(*this, false);
  step();
}

void Recorder::record(const std::function<float()>& step) {
  drawn_.clear();
  cudaGraph_t graph = nullptr;
  {
    const Running running(*this, true);
    check_status(cudaStreamBeginCapture(card_.stream(), cudaStreamCaptureModeThreadLocal),
                 "beginning to record a step");
    try {
      if (std::bit_cast<uint32_t>(step()) != std::bit_cast<uint32_t>(stand_in_loss))
        throw NotRecordable("it returns another number than the loss that it read");
    } catch (...) {
      if (cudaStreamEndCapture(card_.stream(), &graph) == cudaSuccess) static_cast<void>(cudaGraphDestroy(graph));
      static_cast<void>(cudaGetLastError());
      throw;
    }
    check_status(cudaStreamEndCapture(card_.stream(), &graph), "recording a step");
  }
  make_ready(graph);
  keys_there_.clear();
  set_keys(drawn_);
}

void Recorder::make_ready(cudaGraph_t graph) {
  if (graph_) static_cast<void>(cudaGraphExecDestroy(graph_));
  graph_ = nullptr;
  const cudaError_t status = cudaGraphInstantiate(&graph_, graph, 0);
  static_cast<void>(cudaGraphDestroy(graph));
  check_status(status, "making a recorded step ready");
}

void Recorder::gather(const Gather& data) {
  const auto pixels = static_cast<int64_t>(data.batch.size() / data.batch_labels.size());
  launch(card_.stream(), static_cast<int64_t>(data.batch.size()),
         GatherBatch{.images = data.images.data(),
                     .labels = data.labels.data(),
                     .order = data.order.data(),
                     .state = there(),
                     .pixels = pixels,
                     .plane = data.plane,
                     .mean = data.mean.empty() ? nullptr : data.mean.data(),
                     .deviation = data.deviation.data(),
                     .batch = data.batch.data(),
                     .batch_labels = data.batch_labels.data()});
}

void Recorder::tally(int64_t classes, std::span<const float> output, std::span<const int32_t> labels) {
  batch_ = static_cast<int64_t>(labels.size());
  launch_blocks(card_.stream(), 1, TallyStep{batch_, classes, output.data(), labels.data(), there()});
}

template <class Number>
void Recorder::bring(const Number& number, Number* to) {
  card_.upload(&number, to, sizeof(Number));
}

void Recorder::set_position(int64_t position) {
  if (position != position_there_) bring(position, &there()->position);
  position_there_ = position;
}

void Recorder::set_rates(const SgdSettings& settings) {
  const Sgd::Rates rates = rates_of(settings);
  if (rates != rates_there_) bring(rates, &there()->rates);
  rates_there_ = rates;
}

void Recorder::set_keys(const std::vector<uint64_t>& keys) {
  if (keys != keys_there_) card_.upload(keys.data(), there()->keys, keys.size() * sizeof(uint64_t));
  keys_there_ = keys;
}

void Recorder::replay() {
  check_status(cudaGraphLaunch(graph_, card_.stream()), "starting a recorded step");
  position_there_ += batch_;
  ++steps_;
}

void Recorder::send_results() {
  check_status(
      cudaMemcpyAsync(arrived_, there()->results, sizeof(StepState::results), cudaMemcpyDeviceToHost, card_.stream()),
      "sending results");
  check_status(cudaEventRecord(sent_event_, card_.stream()), "marking that results were sent");
  sent_ = steps_;
}

std::vector<StepResult> Recorder::receive_results() {
  check_status(cudaEventSynchronize(sent_event_), "waiting for results");
  std::vector<StepResult> results;
  results.reserve(static_cast<size_t>(sent_ - received_));
  for (; received_ < sent_; ++received_) results.push_back(arrived_[received_ % most_waiting]);
  return results;
}

void Recorder::record_loss(const void* from, void* to, size_t bytes) {
  if (bytes != sizeof(float) || loss_read_) throw NotRecordable("it looks at more than its loss");
  loss_read_ = true;
  card_.copy(from, &there()->loss, bytes);
  *static_cast<float*>(to) = stand_in_loss;
}

const uint64_t* Recorder::key(uint64_t drawn) {
  const auto found = std::ranges::find(drawn_, drawn);
  const auto place = found - drawn_.begin();
  if (found == drawn_.end()) {
    if (place == StepState::most_keys)
      throw NotRecordable(text("it has more than ", StepState::most_keys, " dropouts"));
    drawn_.push_back(drawn);
  }
  return there()->keys + place;
}

Sgd::Rates rates_of(const SgdSettings& settings) {
  return {.lr = static_cast<float>(settings.lr),
          .momentum = static_cast<float>(settings.momentum),
          .decay = static_cast<float>(settings.weight_decay),
          .share = static_cast<float>(1 - settings.dampening)};
}

const Sgd::Rates* rates_while_recording() {
  const Recorder* const recorder = current().recorder();
  return recorder && recorder->recording() ? recorder->rates() : nullptr;
}

const uint64_t* key_while_recording(uint64_t drawn) {
  Recorder* const recorder = current().recorder();
  return recorder && recorder->recording() ? recorder->key(drawn) : nullptr;
}

}  // namespace cnnlab::cuda
