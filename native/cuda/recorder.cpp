#include "native/cuda/recorder.hpp"

#include <algorithm>
#include <bit>

#include "native/cuda/start.hpp"

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
    for (Part& part : recorder.parts_) {
      part.loss_read = false;
      part.card->set_recorder(&recorder);
      if (!recording) continue;
      part.branches =
          std::make_unique<Branches>(part.card->stream(), part.card->side_stream(),
                                     [card = part.card](const void* address) { return card->allocation_of(address); });
    }
  }
  ~Running() {
    for (Part& part : recorder_.parts_) {
      part.card->set_recorder(nullptr);
      part.branches.reset();
    }
    recorder_.recording_ = false;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Recorder& recorder_;
};

Recorder::Recorder(CudaDevice& card) : card_(card) {
  std::vector<CudaDevice*> cards = card.followers();
  cards.insert(cards.begin(), &card);
  for (CudaDevice* each : cards) parts_.push_back({.card = each, .state = each->allocate(sizeof(StepState))});
  losses_ = card.allocate(parts_.size() * sizeof(float));
  try {
    card.use();
    check_status(cudaMallocHost(reinterpret_cast<void**>(&arrived_), sizeof(StepState::results)),
                 "taking pinned memory");
    check_status(cudaEventCreateWithFlags(&sent_event_, cudaEventDisableTiming), "making an event");
    card.upload(&steps_, &there()->step, sizeof steps_);
  } catch (...) {
    forget();
    throw;
  }
}

Recorder::~Recorder() { forget(); }

Recorder::Part& Recorder::part_of(const CudaDevice& card) {
  return *std::ranges::find(parts_, &card, [](const Part& part) { return part.card; });
}

void Recorder::forget() noexcept {
  static_cast<void>(cudaStreamSynchronize(card_.stream()));  // results may be on their way
  if (graph_) static_cast<void>(cudaGraphExecDestroy(graph_));
  if (sent_event_) static_cast<void>(cudaEventDestroy(sent_event_));
  if (arrived_) static_cast<void>(cudaFreeHost(arrived_));
}

void Recorder::rehearse(const std::function<void()>& step) {
  for (Part& part : parts_) part.memory = std::make_shared<StepMemory>(*part.card);
  const Running running(*this, false);
  step();
}

void Recorder::record(const std::function<float()>& step) {
  drawn_.clear();
  for (const Part& part : parts_) {
    part.card->use();
    part.memory->plan();
  }
  card_.use();
  cudaGraph_t graph = nullptr;
  {
    const Running running(*this, true);
    check_status(cudaStreamBeginCapture(card_.stream(), cudaStreamCaptureModeThreadLocal),
                 "beginning to record a step");
    try {
      if (std::bit_cast<uint32_t>(step()) != std::bit_cast<uint32_t>(stand_in_loss))
        throw NotRecordable("it returns another number than the loss that it read");
      card_.join_branches();
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
  const auto images = static_cast<int64_t>(data.batch_labels.size());
  const auto numbers = static_cast<int64_t>(data.batch.size());
  const BatchMaking making{.images = data.images.data(),
                           .labels = data.labels.data(),
                           .order = data.order.data(),
                           .state = there(),
                           .channels = numbers / (images * data.height * data.width),
                           .height = data.height,
                           .width = data.width,
                           .mean = data.mean.empty() ? nullptr : data.mean.data(),
                           .deviation = data.deviation.data(),
                           .batch = data.batch.data(),
                           .batch_labels = data.batch_labels.data()};
  card_.use();
  if (data.augment)
    start_blocks(card_, images, DistortBatch{making, *data.augment, data.seed});
  else if (data.crop)
    start_blocks(card_, images, CropBatch{making, *data.crop, data.seed});
  else
    start(card_, numbers, GatherBatch{making});
}

void Recorder::tally(int64_t classes, std::span<const float> output, std::span<const int32_t> labels) {
  batch_ = static_cast<int64_t>(labels.size());
  card_.use();
  const TallyStep kernel{batch_, classes, std::ssize(parts_), output.data(), losses(), labels.data(), there()};
  // In the main stream, which comes behind the other cards, too: they bring their losses.
  start_blocks(card_, 1, kernel, Way::main);
}

void Recorder::set_position(int64_t epoch, int64_t position) {
  const StepState::Place place{epoch, position};
  if (place != place_there_) card_.upload(&place, &there()->place, sizeof place);
  place_there_ = place;
}

// What lies on other cards is brought by this one too, on the stream where its repetitions begin and end.
void Recorder::set_rates(const SgdSettings& settings) {
  const Sgd::Rates rates = rates_of(settings);
  if (rates != rates_there_)
    for (const Part& part : parts_) card_.upload(&rates, &there(part)->rates, sizeof rates);
  rates_there_ = rates;
}

void Recorder::set_keys(const std::vector<uint64_t>& keys) {
  if (keys != keys_there_)
    for (const Part& part : parts_) card_.upload(keys.data(), there(part)->keys, keys.size() * sizeof(uint64_t));
  keys_there_ = keys;
}

void Recorder::replay() {
  card_.use();
  check_status(cudaGraphLaunch(graph_, card_.stream()), "starting a recorded step");
  place_there_.position += batch_;
  ++steps_;
}

void Recorder::send_results() {
  card_.use();
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

void Recorder::record_loss(CudaDevice& card, const void* from, void* to, size_t bytes) {
  Part& part = part_of(card);
  if (bytes != sizeof(float) || part.loss_read) throw NotRecordable("it looks at more than its loss");
  part.loss_read = true;
  card.copy(from, losses() + (&part - parts_.data()), bytes);
  *static_cast<float*>(to) = stand_in_loss;
}

const uint64_t* Recorder::key(const CudaDevice& card, uint64_t drawn) {
  const auto found = std::ranges::find(drawn_, drawn);
  const auto place = found - drawn_.begin();
  if (found == drawn_.end()) {
    if (place == StepState::most_keys)
      throw NotRecordable(text("it has more than ", StepState::most_keys, " dropouts"));
    drawn_.push_back(drawn);
  }
  return there(part_of(card))->keys + place;
}

Sgd::Rates rates_of(const SgdSettings& settings) {
  return {.lr = static_cast<float>(settings.lr),
          .momentum = static_cast<float>(settings.momentum),
          .decay = static_cast<float>(settings.weight_decay),
          .share = static_cast<float>(1 - settings.dampening)};
}

const Sgd::Rates* rates_while_recording() {
  const CudaDevice& card = current();
  return card.recording() ? card.recorder()->rates(card) : nullptr;
}

const uint64_t* key_while_recording(uint64_t drawn) {
  const CudaDevice& card = current();
  return card.recording() ? card.recorder()->key(card, drawn) : nullptr;
}

}  // namespace cnnlab::cuda
