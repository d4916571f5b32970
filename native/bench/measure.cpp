#include "native/bench/measure.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <sys/resource.h>

#include "lessons/training.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/train/trainer.hpp"
#include "native/trace.hpp"

namespace cnnlab::bench {

Spread spread(std::vector<double> values) {
  std::ranges::sort(values);
  return {values[values.size() / 2], values.front(), values.back()};
}

std::string_view name(Work work) { return std::array{"train", "infer", "one"}[static_cast<size_t>(work)]; }

struct Speed::State {
  Network network;
  Loader training, answering, single;
  optim::SGD optimizer;
  int64_t step = 0;
  Dataset test{};  // a trainer wants one
  std::optional<Trainer> trainer{};

  int64_t trained() const { return trainer->progress().epoch * trainer->train_images() + trainer->progress().image; }

  /// Does one batch and says how many images it had.
  int64_t once(Work work) {
    if (work == Work::train && trainer) {
      const int64_t before = trained();
      trainer->advance();
      return trained() - before;
    }
    Loader& loader = work == Work::train ? training : work == Work::infer ? answering : single;
    const Batch batch = loader.batch(step / loader.batches(), step % loader.batches());
    ++step;
    if (work == Work::train) {
      network.module->train();
      train_step(*network.module, optimizer, batch);
    } else {
      static_cast<void>(predict(*network.module, batch.images.to(network.module->device())).to(nullptr));
    }
    return batch.images.size(0);
  }
};

Speed::Speed(const Network& network, const Dataset& data, int64_t batch)
    : state_(
          std::make_unique<State>(State{.network = network,
                                        .training = Loader(data, {.batch_size = batch}),
                                        .answering = Loader(data, {.batch_size = batch, .shuffle = false}),
                                        .single = Loader(data, {.batch_size = 1, .shuffle = false}),
                                        .optimizer = optim::SGD(network.module->parameters(), TrainSettings{}.sgd)})) {
  if (!network.module->device()) return;
  Dataset& test = state_->test = data.empty_like();
  test.images.assign(data.images.begin(), data.images.begin() + data.pixels());
  test.labels = {data.labels.front()};
  const TrainSettings endless{.loader = {.batch_size = batch}, .epochs = 1'000'000};
  state_->trainer.emplace(network.module, train_step, endless, data, test);
}
Speed::~Speed() = default;

double Speed::run(Work work, double seconds) {
  for (int i = 0; i < (state_->trainer ? 4 : 1); ++i) state_->once(work);  // takes memory, fills caches, records
  int64_t images = 0;
  double spent = 0;
  do spent += seconds_of([&] { images += state_->once(work); });
  while (spent < seconds);
  if (state_->trainer) spent += seconds_of([&] { state_->trainer->settle(); });
  return static_cast<double>(images) / spent;
}

std::vector<OpCost> op_costs(const Network& network, const Dataset& data, int64_t batch, int steps) {
  Loader loader(data, {.batch_size = batch});
  optim::SGD optimizer(network.module->parameters(), TrainSettings{}.sgd);
  std::vector<OpCost> costs;
  std::vector<std::vector<double>> forward, backward;
  for (int step = 0; step < steps; ++step) {
    Tape tape;
    train_step(*network.module, optimizer, loader.batch(0, step % loader.batches()));
    const auto& records = tape.records();
    if (step == 0) {
      costs.resize(records.size());
      forward.resize(records.size());
      backward.resize(records.size());
      continue;  // buffers are allocated, caches filled
    }
    for (size_t i = 0; i < records.size(); ++i) {
      const Node<float>& node = *records[i].node;
      // The gradients of input and weight each take as many multiply-adds as the forward pass.
      const int64_t gradients = std::ranges::count_if(
          node.inputs, [](const Variable& input) { return input.requires_grad() && input.shape().rank() > 1; });
      costs[i] = {.path = node.path,
                  .op = std::string(node.op),
                  .forward_work = node.multiply_adds,
                  .backward_work = node.multiply_adds * gradients};
      forward[i].push_back(node.forward_seconds);
      backward[i].push_back(node.backward_seconds);
    }
  }
  for (size_t i = 0; i < costs.size(); ++i) {
    costs[i].forward = spread(forward[i]).median;
    costs[i].backward = spread(backward[i]).median;
  }
  return costs;
}

int64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return usage.ru_maxrss;  // bytes there, KiB elsewhere
#else
  return usage.ru_maxrss * 1024;
#endif
}

}  // namespace cnnlab::bench
