#include <memory>

#include <nccl.h>

#include "tests/cuda_on_cpu/card.hpp"

// Stand-ins for the functions of NCCL that native/cuda calls: all cards are in one process, and one thread asks.
using cnnlab::testing::Card;

struct ncclComm {
  int device;
  size_t rank;
  std::shared_ptr<std::vector<ncclComm*>> all;
};

namespace {

struct Sum {
  ncclComm* communicator;
  float* numbers;
  size_t count;
  cudaStream_t stream;
};
int groups_open = 0;
std::vector<Sum> asked;  // in the open group

// One sum, with its part on each card, in the order of the ranks: it begins when all streams have come to it, and none
// goes on before it is done.
void submit_sum(const std::vector<Sum>& parts) {
  Card& card = Card::instance();
  cudaStream_t const first = parts[0].stream;
  for (const Sum& part : parts) {
    CUevent_st arrived{.device = part.communicator->device};
    card.record(arrived, part.stream);
    if (part.stream != first) card.wait(first, arrived);
  }
  cnnlab::testing::Touched touched{.by = "ncclAllReduce"};
  for (const Sum& part : parts) touched.written.push_back({part.numbers});
  card.submit(first, std::move(touched), [parts] {
    Card::instance().open_all();
    for (size_t i = 0; i < parts[0].count; ++i) {
      float sum = 0;
      for (const Sum& part : parts) sum += part.numbers[i];
      for (const Sum& part : parts) part.numbers[i] = sum / static_cast<float>(parts.size());
    }
  });
  CUevent_st done{.device = parts[0].communicator->device};
  card.record(done, first);
  for (const Sum& part : parts)
    if (part.stream != first) card.wait(part.stream, done);
}

// The sums of the group: number k of each card belongs to number k of the others.
ncclResult_t submit_group(const std::vector<Sum>& sums) {
  if (sums.empty()) return ncclSuccess;
  std::vector<std::vector<Sum>> by_rank(sums[0].communicator->all->size());
  for (const Sum& sum : sums) {
    if (sum.communicator->all != sums[0].communicator->all) return ncclInvalidUsage;
    by_rank[sum.communicator->rank].push_back(sum);
  }
  for (size_t k = 0; k < by_rank[0].size(); ++k) {
    std::vector<Sum> parts;
    for (const auto& of_rank : by_rank) {
      if (of_rank.size() != by_rank[0].size() || of_rank[k].count != by_rank[0][k].count) return ncclInvalidUsage;
      parts.push_back(of_rank[k]);
    }
    submit_sum(parts);
  }
  return ncclSuccess;
}

}  // namespace

extern "C" {

ncclResult_t ncclGetVersion(int* version) {
  CNNLAB_CALL(ncclInternalError);
  *version = NCCL_VERSION_CODE;
  return ncclSuccess;
}

ncclResult_t ncclCommInitAll(ncclComm_t* communicators, int count, const int* devices) {
  CNNLAB_CALL(ncclInternalError);
  const auto all = std::make_shared<std::vector<ncclComm*>>();
  for (int i = 0; i < count; ++i) {
    if (devices[i] < 0 || devices[i] >= Card::instance().cards) return ncclInvalidArgument;
    communicators[i] = new ncclComm{devices[i], static_cast<size_t>(i), all};
    all->push_back(communicators[i]);
    ++Card::instance().handles;
  }
  return ncclSuccess;
}

ncclResult_t ncclCommDestroy(ncclComm_t communicator) {
  delete communicator;  // what is lost when this fails is the card's
  CNNLAB_CALL(ncclInternalError);
  --Card::instance().handles;
  return ncclSuccess;
}

ncclResult_t ncclGroupStart() {
  CNNLAB_CALL(ncclInternalError);
  if (groups_open++ == 0) asked.clear();
  return ncclSuccess;
}

// It ends the group, whatever it returns.
ncclResult_t ncclGroupEnd() {
  const bool fails = Card::instance().fails(__func__);
  if (groups_open == 0) return ncclInvalidUsage;
  if (--groups_open > 0) return ncclSuccess;
  return fails ? ncclInternalError : submit_group(std::exchange(asked, {}));
}

// One thread that has several cards would wait for itself forever outside a group.
ncclResult_t ncclAllReduce(const void* from, void* to, size_t count, ncclDataType_t type, ncclRedOp_t operation,
                           ncclComm_t communicator, cudaStream_t stream) {
  CNNLAB_CALL(ncclInternalError);
  const Card& card = Card::instance();
  if (groups_open == 0 || from != to || type != ncclFloat || operation != ncclAvg) return ncclInvalidUsage;
  if (!card.is_stream(stream) || stream->device != communicator->device) return ncclInvalidArgument;
  if (!card.owns(to, count * sizeof(float), communicator->device)) return ncclInvalidArgument;
  asked.push_back({communicator, static_cast<float*>(to), count, stream});
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t) { return "internal error"; }

}  // extern "C"
