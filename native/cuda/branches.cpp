#include "native/cuda/branches.hpp"

#include <algorithm>

namespace cnnlab::cuda {

Branches::~Branches() {
  for (const auto& events : done_)
    for (cudaEvent_t event : events) static_cast<void>(cudaEventDestroy(event));
}

int Branches::begin(const Arrays& arrays, Way way) {
  const int stream = way == Way::main ? 0 : choose(arrays, way), other = 1 - stream;
  int needed = -1;  // of the other stream
  const auto need = [&](Place place) {
    if (place.stream == other) needed = std::max(needed, place.number);
  };
  for (const void* array : arrays.read) need(use_of(array).written);
  for (const void* array : arrays.written) {
    const Use& use = use_of(array);
    need(use.written);
    need({other, use.read[other]});
  }
  wait(stream, needed);
  return stream;
}

// Where it reads what was made last; else of what it is the first to read; else where it goes on writing; else, as a
// second branch, in the other stream.
int Branches::choose(const Arrays& arrays, Way way) {
  int read_from = -1, first_to_read = -1;
  std::array<bool, 2> goes_on{}, writes_on{};
  for (const void* array : arrays.read) {
    const Use& use = use_of(array);
    const auto [stream, number] = use.written;
    if (number < 0) continue;
    if (read_from < 0) read_from = stream;
    if (first_to_read < 0 && use.read[0] < 0 && use.read[1] < 0) first_to_read = stream;
    goes_on[stream] |= number == last(stream);
  }
  for (const void* array : arrays.written) {
    const auto [stream, number] = use_of(array).written;
    if (number >= 0 && number == last(stream)) writes_on[stream] = true;
  }
  if (way == Way::follow && read_from >= 0) return read_from;
  if (goes_on[0] || goes_on[1]) return goes_on[0] ? 0 : 1;
  if (first_to_read >= 0) return first_to_read;
  if (writes_on[0] || writes_on[1]) return writes_on[0] ? 0 : 1;
  return read_from >= 0 ? 1 - latest_ : latest_;
}

void Branches::wait(int stream, int number_of_other) {
  if (number_of_other <= behind_[stream]) return;
  check_status(cudaStreamWaitEvent(streams_[stream], done_[1 - stream][number_of_other], cudaEventWaitDefault),
               "letting a branch wait for another");
  behind_[stream] = number_of_other;
}

void Branches::end(const Arrays& arrays, int stream) {
  cudaEvent_t event = nullptr;
  check_status(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "making an event");
  done_[stream].push_back(event);
  check_status(cudaEventRecord(event, streams_[stream]), "marking a place in a branch");
  for (const void* array : arrays.read) use_of(array).read[stream] = last(stream);
  for (const void* array : arrays.written) use_of(array) = {.written = {stream, last(stream)}};
  latest_ = stream;
}

void Branches::join() { wait(0, last(1)); }

}  // namespace cnnlab::cuda
