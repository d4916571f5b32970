#include "native/cuda/branches.hpp"

#include <algorithm>

namespace cnnlab::cuda {

Branches::~Branches() {
  for (const auto& events : done_)
    for (cudaEvent_t event : events) static_cast<void>(cudaEventDestroy(event));
}

Branches::Place Branches::place_of(const Piece& piece) const {
  const void* const allocation = allocation_(piece.address);
  if (piece.run == piece.stride || !allocation) return {allocation, {}};
  const auto address = [](const void* pointer) { return static_cast<const std::byte*>(pointer); };
  return {allocation, {address(piece.address) - address(allocation), piece.run, piece.stride}};
}

// Of all that has bytes in common with it.
Branches::Use Branches::use_of(const Piece& piece) {
  const auto [allocation, extent] = place_of(piece);
  Use all;
  for (const auto& [other, use] : uses_[allocation]) {
    if (!overlap(extent, other)) continue;
    for (int stream = 0; stream < 2; ++stream) {
      all.written[stream] = std::max(all.written[stream], use.written[stream]);
      all.read[stream] = std::max(all.read[stream], use.read[stream]);
    }
  }
  return all;
}

int Branches::begin(const Arrays& arrays, Way way) {
  const int stream = way == Way::main ? 0 : choose(arrays, way), other = 1 - stream;
  int needed = -1;  // of the other stream
  for (const Piece& piece : arrays.read) needed = std::max(needed, use_of(piece).written[other]);
  for (const Piece& piece : arrays.written) {
    const Use use = use_of(piece);
    needed = std::max({needed, use.written[other], use.read[other]});
  }
  wait(stream, needed);
  return stream;
}

// Where it reads what was made last; else of what it is the first to read; else where it goes on writing; else, as a
// second branch, in the other stream.
int Branches::choose(const Arrays& arrays, Way way) {
  int read_from = -1, first_to_read = -1;
  std::array<bool, 2> goes_on{}, writes_on{};
  for (const Piece& piece : arrays.read) {
    const Use use = use_of(piece), of_all = use_of({piece.address});  // who reads another slice is a branch, too
    for (int stream = 0; stream < 2; ++stream) {
      if (use.written[stream] < 0) continue;
      if (read_from < 0) read_from = stream;
      if (first_to_read < 0 && of_all.read[0] < 0 && of_all.read[1] < 0) first_to_read = stream;
      goes_on[stream] |= use.written[stream] == last(stream);
    }
  }
  for (const Piece& piece : arrays.written) {
    const Use use = use_of(piece);
    for (int stream = 0; stream < 2; ++stream)
      writes_on[stream] |= use.written[stream] >= 0 && use.written[stream] == last(stream);
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
  for (const Piece& piece : arrays.read) read(piece, stream);
  for (const Piece& piece : arrays.written) written(piece, stream);
  latest_ = stream;
}

void Branches::read(const Piece& piece, int stream) {
  const auto [allocation, extent] = place_of(piece);
  Uses& uses = uses_[allocation];
  auto found = std::ranges::find(uses, extent, [](const auto& each) { return each.first; });
  if (found == uses.end()) found = uses.insert(found, {extent, {}});
  found->second.read[stream] = last(stream);
}

// It comes behind all that was done with these bytes before: who comes behind it need not know of that.
void Branches::written(const Piece& piece, int stream) {
  const Place place = place_of(piece);
  Uses& uses = uses_[place.allocation];
  std::erase_if(uses, [&place](const auto& each) { return place.extent.run == 0 || each.first == place.extent; });
  uses.push_back({place.extent, {}});
  uses.back().second.written[stream] = last(stream);
}

void Branches::join() { wait(0, last(1)); }

}  // namespace cnnlab::cuda
