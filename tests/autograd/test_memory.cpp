#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lessons/training.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/tensor/memory.hpp"

using namespace cnnlab;

namespace {

Batch batch() { return {.images = Tensor::full({2, 1, 28, 28}, 0.5f), .labels = {3, 7}}; }

}  // namespace

TEST_CASE("a training step leaves nothing behind, with or without a tape") {
  const int64_t before = tensor_memory().in_use;
  {
    inception::MainNet net;
    optim::SGD optimizer(net.parameters(), {.lr = 0.01, .momentum = 0.5});
    train_step(net, optimizer, batch());
    // Weights, gradients and velocities stay while the network lives.
    CHECK(tensor_memory().in_use - before == 3 * net.parameter_count() * 4);
    {
      const Tape tape;
      train_step(net, optimizer, batch());
      CHECK(tape.records().size() > 20);
      CHECK(tensor_memory().in_use - before > 4 * net.parameter_count() * 4);
    }
    net(batch().images);  // a graph that no backward used
    CHECK(tensor_memory().in_use - before == 3 * net.parameter_count() * 4);
  }
  CHECK(tensor_memory().in_use == before);
}

TEST_CASE("steps after the first allocate no numbers, neither for tensors nor in kernels") {
  // One thread: which of several takes a task is open, and one that has done little so far may still need its scratch.
  const int before = threads();
  set_threads(1);
  const auto check_steps = [](nn::Module& net, const Batch& data) {
    optim::SGD optimizer(net.parameters(), {.lr = 0.01, .momentum = 0.5});
    for (int i = 0; i < 2; ++i) train_step(net, optimizer, data);
    const int64_t steady = allocations_of_numbers();
    for (int i = 0; i < 3; ++i) train_step(net, optimizer, data);
    CHECK(allocations_of_numbers() == steady);
  };
  inception::MainNet main_net;
  check_steps(main_net, {.images = Tensor::full({64, 1, 28, 28}, 0.5f), .labels = std::vector<int32_t>(64, 3)});
  residual::ResNet deep_net({.in = 3, .depth = 20, .width = 16});
  check_steps(deep_net, {.images = Tensor::full({16, 3, 32, 32}, 0.5f), .labels = std::vector<int32_t>(16, 3)});
  // Its layers all differ in size, and it needs more than the pool always keeps.
  dense::DenseNet dense_net({.in = 3, .depth = 22, .growth_rate = 12});
  check_steps(dense_net, {.images = Tensor::full({64, 3, 32, 32}, 0.5f), .labels = std::vector<int32_t>(64, 3)});
  CHECK(tensor_memory().pooled > 100 << 20);
  set_threads(before);
}
