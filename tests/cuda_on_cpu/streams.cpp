#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/tensor/error.hpp"
#include "lib/tensor/random.hpp"
#include "tests/cuda_on_cpu/card.hpp"

// The cards' work: when it is done, and in which order.
namespace cnnlab::testing {
namespace {

template <class Bounds>
bool overlap(const std::vector<Bounds>& some, const std::vector<Bounds>& others) {
  for (const auto& [begin, end] : some) {
    for (const auto& [other_begin, other_end] : others)
      if (begin < other_end && other_begin < end) return true;
  }
  return false;
}

}  // namespace

cudaStream_t Card::add_stream() {
  auto* const stream = new CUstream_st{.device = current};
  streams_.insert(stream);
  ++handles;
  return stream;
}

bool Card::remove_stream(cudaStream_t stream) {
  if (streams_.erase(stream) == 0) return false;
  delete stream;
  --handles;
  return true;
}

void Card::submit(cudaStream_t stream, Touched touched, Work work) {
  ++works_[touched.by];
  for (const auto* const pieces : {&touched.read, &touched.written}) {
    for (const Piece& piece : *pieces)
      for (const auto& [begin, end] : bounds(piece)) touched_ += static_cast<size_t>(end - begin);
  }
  if (!stream->capture) {
    stream->work.push_back([this, device = stream->device, work = std::move(work)] {
      open(device);
      work();
    });
    return;
  }
  std::vector<Node>& nodes = stream->capture->nodes;
  nodes.push_back({stream->device, std::move(work), std::move(stream->tails), std::move(touched)});
  stream->tails = {nodes.size() - 1};
}

void Card::finish(cudaStream_t stream) { finish(stream, stream->done + std::ssize(stream->work)); }

void Card::finish(const CUevent_st& event) {
  if (event.stream && is_stream(event.stream)) finish(event.stream, event.behind);
}

// Work may wait for that of another stream, which is then done first.
void Card::finish(cudaStream_t stream, int64_t until) {
  if (stream->done >= until) return;
  ++depth_;
  while (stream->done < until) {
    const Work work = std::move(stream->work.front());
    stream->work.pop_front();
    work();
    ++stream->done;
  }
  if (--depth_ == 0) open(nothing);
}

void Card::record(CUevent_st& event, cudaStream_t stream) const {
  event = {event.device, stream, stream->done + std::ssize(stream->work), stream->capture, stream->tails};
}

bool Card::wait(cudaStream_t stream, const CUevent_st& event) {
  if (!event.capture) {
    if (stream->capture) return false;
    if (event.stream) stream->work.push_back([this, event] { finish(event); });
    return true;
  }
  if (stream->capture && stream->capture != event.capture) return false;
  stream->capture = event.capture;
  for (const size_t tail : event.tails)
    if (std::ranges::find(stream->tails, tail) == stream->tails.end()) stream->tails.push_back(tail);
  return true;
}

void Card::begin_capture(cudaStream_t stream) {
  stream->capture = std::make_shared<Capture>();
  stream->began = true;
  stream->tails.clear();
}

CUgraph_st* Card::end_capture(cudaStream_t origin, bool& joined) {
  const std::shared_ptr<Capture> capture = origin->capture;
  std::vector<bool> reached(capture->nodes.size());
  std::vector<size_t> open = origin->tails;
  while (!open.empty()) {
    const size_t node = open.back();
    open.pop_back();
    if (reached[node]) continue;
    reached[node] = true;
    open.insert(open.end(), capture->nodes[node].after.begin(), capture->nodes[node].after.end());
  }
  for (cudaStream_t stream : streams_) {
    if (stream->capture != capture) continue;
    stream->capture = nullptr;
    stream->began = false;
    stream->tails.clear();
  }
  joined = std::ranges::find(reached, false) == reached.end();
  if (joined && !capture->broken) check_order(capture->nodes);
  return joined && !capture->broken ? new CUgraph_st{std::move(capture->nodes)} : nullptr;
}

bool Card::capture_forbids() {
  bool forbids = false;
  for (cudaStream_t stream : streams_)
    if (stream->capture) forbids = stream->capture->broken = true;
  return forbids;
}

void Card::launch(const CUgraphExec_st& graph, cudaStream_t stream) {
  submit(stream, {.by = "a graph"}, [this, work = graph.work] { run(*work); });
}

// From … to; nothing for what is the CPU's.
Card::Bounds Card::allocation_of(const void* address) const {
  auto* const first = const_cast<std::byte*>(static_cast<const std::byte*>(address));
  if (!owns(first, 1)) return {};
  const auto& [start, bytes] = *std::prev(allocations_.upper_bound(first));
  return {start, start + bytes};
}

std::vector<Card::Bounds> Card::bounds(const Piece& piece) const {
  const Bounds whole = allocation_of(piece.address);
  if (!whole.first) return {};
  if (piece.bytes == 0) return {whole};
  if (piece.bytes == piece.stride) return {{static_cast<const std::byte*>(piece.address), whole.second}};
  std::vector<Bounds> all;
  const auto* run = static_cast<const std::byte*>(piece.address);
  do {
    all.emplace_back(run, run + piece.bytes);
    run += piece.stride;
  } while (piece.stride > 0 && run + piece.bytes <= whole.second);
  return all;
}

// A node comes behind those that it names, and behind all that they come behind.
void Card::check_order(const std::vector<Node>& nodes) {
  struct Use {
    size_t node;
    bool writes;
    std::vector<Bounds> bounds;
  };
  std::vector<Use> uses;
  pairs_without_order_.clear();
  std::vector<std::vector<bool>> behind(nodes.size(), std::vector<bool>(nodes.size()));
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const size_t before : nodes[i].after) {
      behind[i][before] = true;
      for (size_t j = 0; j < before; ++j)
        if (behind[before][j]) behind[i][j] = true;
    }
    for (size_t j = 0; j < i; ++j) {
      const bool alike = std::string_view(nodes[i].touched.by) == nodes[j].touched.by;
      if (alike && !behind[i][j]) ++pairs_without_order_[nodes[i].touched.by];
    }
    const auto use = [&](const Piece& piece, bool writes) {
      const std::vector<Bounds> here = bounds(piece);
      for (const Use& other : uses) {
        if (other.node == i || behind[i][other.node] || !(writes || other.writes)) continue;
        check(!overlap(here, other.bounds), "cuda_on_cpu: ", nodes[i].touched.by, writes ? " writes" : " reads",
              " what ", nodes[other.node].touched.by, other.writes ? " writes" : " reads",
              " on another stream, and no event stands between");
      }
      uses.push_back({i, writes, here});
    };
    for (const Piece& piece : nodes[i].touched.read) use(piece, false);
    for (const Piece& piece : nodes[i].touched.written) use(piece, true);
    use({nodes[i].touched.workspace}, true);
  }
}

// Of the nodes that can be done next any is. To close one card's memory and open another's takes long, so that is done
// the first time only, and then as rarely as the order allows.
void Card::run(Executable& graph) {
  const std::vector<Node>& nodes = graph.nodes;
  const bool apart = !std::exchange(graph.launched, true) || cards == 1;
  Random random({launches_++});
  std::vector<size_t> missing(nodes.size());
  std::vector<std::vector<size_t>> behind(nodes.size());
  std::vector<size_t> ready;
  for (size_t i = 0; i < nodes.size(); ++i) {
    missing[i] = nodes[i].after.size();
    for (const size_t before : nodes[i].after) behind[before].push_back(i);
    if (missing[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    size_t chosen = random.below(ready.size());
    for (int tries = 0; apart && tries < 8 && nodes[ready[chosen]].device != open_; ++tries)
      chosen = random.below(ready.size());
    std::swap(ready[chosen], ready.back());
    const size_t next = ready.back();
    ready.pop_back();
    open(apart ? nodes[next].device : everything);
    nodes[next].work();
    for (const size_t i : behind[next])
      if (--missing[i] == 0) ready.push_back(i);
  }
}

}  // namespace cnnlab::testing
