#include "native/cuda/group.hpp"

#include <optional>
#include <utility>

#include <nccl.h>

#include "lib/tensor/error.hpp"
#include "native/cuda/step_kernels.hpp"
#include "native/cuda/turns.hpp"

namespace cnnlab::cuda {
namespace {

void check_status(ncclResult_t status, const char* doing) {
  check(status == ncclSuccess, "cuda: ", doing, " failed: ", ncclGetErrorString(status), " (NCCL result ",
        static_cast<int>(status), ")");
}

// The cards, each with a stream of its own. What is asked of them while the leader's stream captures becomes part of
// the same graph, since the others' streams join it by the events.
class CudaGroup : public DeviceGroup, private Sharing {
 public:
  CudaGroup(CudaDevice::Options first, int count) {
    for (int i = 0; i < count; ++i) {
      cards_.push_back(std::make_unique<CudaDevice>(CudaDevice::Options{.index = first.index + i, .tf32 = first.tf32}));
      devices_.push_back(cards_.back().get());
    }
    try {
      open();
    } catch (...) {
      close();
      throw;
    }
    std::vector<CudaDevice*> followers;
    for (size_t i = 1; i < cards_.size(); ++i) followers.push_back(cards_[i].get());
    cards_[0]->lead(std::move(followers));
  }
  ~CudaGroup() override { close(); }

  const std::vector<Device*>& devices() const override { return devices_; }
  bool recording() const override { return cards_[0]->recording(); }

  void fork() override {
    mark(0);
    for (size_t i = 1; i < cards_.size(); ++i) wait(i, 0);
  }
  void join() override {
    for (size_t i = 1; i < cards_.size(); ++i) {
      mark(i);
      wait(0, i);
    }
  }

  void together(const std::function<void(size_t)>& work) override {
    const Meeting meeting(*this);
    meeting_->run(work);
  }
  // Asks all cards in the first's thread, when all are there: a group of NCCL's is of one thread.
  void average(int64_t place, std::vector<std::span<float>> arrays) override {
    asked_[static_cast<size_t>(place)] = std::move(arrays);
    meeting_->meet(static_cast<size_t>(place), [&] { average(asked_); });
  }

  void average(const std::vector<std::vector<std::span<float>>>& arrays) override {
    std::vector<Arrays> touched(cards_.size());
    for (size_t i = 0; i < cards_.size(); ++i) {
      for (const std::span<float> numbers : arrays[i]) touched[i].add(numbers);
      cards_[i]->begin_work(touched[i], Way::main);
    }
    ask_nccl(arrays);
    for (size_t i = 0; i < cards_.size(); ++i) cards_[i]->end_work(touched[i], 0);
    cards_[0]->use();
  }

 private:
  // While it lives, the cards share a batch.
  class Meeting {
   public:
    explicit Meeting(CudaGroup& group) : group_(group) {
      const size_t count = group.cards_.size();
      group.meeting_.emplace(count);
      group.asked_.resize(count);
      for (size_t i = 0; i < count; ++i)
        group.cards_[i]->set_share({&group, static_cast<int64_t>(i), static_cast<int64_t>(count)});
    }
    ~Meeting() {
      for (const auto& card : group_.cards_) card->set_share({});
      group_.meeting_.reset();
    }
    Meeting(const Meeting&) = delete;
    Meeting& operator=(const Meeting&) = delete;

   private:
    CudaGroup& group_;
  };

  void open() {
    std::vector<int> indices;
    for (const auto& card : cards_) indices.push_back(card->options().index);
    communicators_.resize(cards_.size());
    check_status(ncclCommInitAll(communicators_.data(), static_cast<int>(indices.size()), indices.data()),
                 "connecting the graphics cards");
    events_.resize(cards_.size());
    for (size_t i = 0; i < cards_.size(); ++i) {
      cards_[i]->use();
      cuda::check_status(cudaEventCreateWithFlags(&events_[i], cudaEventDisableTiming), "making an event");
    }
  }

  void close() noexcept {
    for (const auto& card : cards_) static_cast<void>(cudaStreamSynchronize(card->stream()));
    for (cudaEvent_t event : events_)
      if (event) static_cast<void>(cudaEventDestroy(event));
    for (ncclComm_t communicator : communicators_)
      if (communicator) static_cast<void>(ncclCommDestroy(communicator));
  }

  // All in one group: NCCL starts no sum before it knows of it on every card, and joins small ones.
  void ask_nccl(const std::vector<std::vector<std::span<float>>>& arrays) {
    check_status(ncclGroupStart(), "beginning to average numbers of the cards");
    for (size_t array = 0; array < arrays[0].size(); ++array) {
      for (size_t i = 0; i < cards_.size(); ++i) {
        const std::span<float> numbers = arrays[i][array];
        const ncclResult_t status = ncclAllReduce(numbers.data(), numbers.data(), numbers.size(), ncclFloat, ncclAvg,
                                                  communicators_[i], cards_[i]->stream());
        if (status != ncclSuccess) static_cast<void>(ncclGroupEnd());  // it must end, whatever became of it
        check_status(status, "averaging numbers of the cards");
      }
    }
    check_status(ncclGroupEnd(), "averaging numbers of the cards");
  }

  void mark(size_t card) {
    cards_[card]->use();
    cards_[card]->join_branches();
    cuda::check_status(cudaEventRecord(events_[card], cards_[card]->stream()), "marking a place in a card's work");
  }
  void wait(size_t card, size_t for_card) {
    cards_[card]->use();
    cuda::check_status(cudaStreamWaitEvent(cards_[card]->stream(), events_[for_card], cudaEventWaitDefault),
                       "letting a card wait for another");
  }

  std::vector<std::unique_ptr<CudaDevice>> cards_;
  std::vector<Device*> devices_;
  std::vector<ncclComm_t> communicators_;
  std::vector<cudaEvent_t> events_;
  std::optional<Turns> meeting_;
  std::vector<std::vector<std::span<float>>> asked_;  // of the cards that came to the meeting
};

}  // namespace

std::unique_ptr<DeviceGroup> open_group(CudaDevice::Options first, int count) {
  check(count <= StepState::most_cards, "cuda: --gpus takes up to ", int{StepState::most_cards}, ", got ", count);
  return std::make_unique<CudaGroup>(first, count);
}

std::string describe_nccl() {
  int version = 0;
  check_status(ncclGetVersion(&version), "asking for NCCL's version");
  return text("NCCL ", version / 10000, ".", version % 10000 / 100, ".", version % 100);
}

}  // namespace cnnlab::cuda
