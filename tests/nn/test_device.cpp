#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include <catch2/catch.hpp>

#include "lessons/training.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using cnnlab::testing::bit_difference;

namespace {

// A device whose memory is the CPU's after all, and whose kernels are the plain loops.
class Island : public Device {
 public:
  explicit Island(std::string name) : name_(std::move(name)) {}
  std::string name() const override { return name_; }
  const Backend<float>& backend() const override { return reference_backend<float>(); }
  std::shared_ptr<void> allocate(size_t bytes) override {
    return std::shared_ptr<void>(std::malloc(std::max<size_t>(bytes, 1)), std::free);
  }
  void upload(const void* from, void* to, size_t bytes) override { copy(from, to, bytes); }
  void download(const void* from, void* to, size_t bytes) override { copy(from, to, bytes); }
  void copy(const void* from, void* to, size_t bytes) override { std::memcpy(to, from, bytes); }
  void fill(std::span<float> numbers, float value) override { std::fill(numbers.begin(), numbers.end(), value); }

 private:
  std::string name_;
};

Tensor noise(Shape shape, Device* device = nullptr) {
  Tensor tensor(shape);
  Random random{7};
  for (float& value : tensor.data()) value = static_cast<float>(random.normal());
  return tensor.to(device);
}

// Something of everything that a step of training consists of.
struct SmallNet : nn::Module {
  nn::Conv2d conv = add("conv", nn::Conv2d({.in = 1, .out = 4, .kernel = 3, .padding = 1}));
  nn::BatchNorm2d bn = add("bn", nn::BatchNorm2d(4));
  nn::Dropout drop = add("drop", nn::Dropout(0.3));
  nn::Linear fc = add("fc", nn::Linear({.in = 16, .out = 10}));
  Variable forward(Variable x) override {
    x = relu(bn(conv(x)));
    x = cat({max_pool2d(x, {.kernel = 2}), avg_pool2d(x, {.kernel = 2})}, 1);
    x = cnnlab::add(zero_pad_shortcut(x, {.channels = 16}), zero_pad_shortcut(drop(x), {.channels = 16}));
    return log_softmax(fc(flatten(global_avg_pool2d(x))));
  }
};

}  // namespace

TEST_CASE("a tensor on a device cannot be looked at, but copied, moved and computed with", "[device]") {
  Island island("island:0");
  const Tensor here = noise({2, 3});
  Tensor there = here.to(&island);
  CHECK(there.device() == &island);
  CHECK_THROWS_WITH(there.data(),
                    "tensor: the numbers of shape (2, 3) live on island:0; bring them to the CPU first, "
                    "with to(nullptr)");
  CHECK(bit_difference(there.to(nullptr), here) == "");
  CHECK(bit_difference(there.clone().cpu_copy(), here) == "");
  there.fill(3);
  CHECK(there.reshape({6}).to(nullptr).data()[5] == 3);
  CHECK(Tensor::full({}, 2, &island).item() == 2);

  Tensor handle = there;
  there.copy_from(here);
  there.move_to(nullptr);
  CHECK(handle.device() == nullptr);
  CHECK(bit_difference(handle, here) == "");

  Island other("island:1");
  CHECK(bit_difference(here.to(&island).to(&other).to(nullptr), here) == "");
}

TEST_CASE("an op whose inputs live on different devices names itself and both", "[device]") {
  Island island("island:0");
  const Variable here = noise({2, 3}), there = noise({2, 3}, &island);
  CHECK_THROWS_WITH(add(there, here), "add: its inputs live on different devices, island:0 and cpu; bring them to one");
  CHECK_THROWS_WITH(cat({here, here, there}, 1),
                    "cat: its inputs live on different devices, cpu and island:0; bring them to one");
  CHECK_THROWS_WITH(linear(there, Variable(noise({4, 3})), Variable()),
                    "linear: its inputs live on different devices, island:0 and cpu; bring them to one");
  nn::BatchNorm2d norm(3);
  CHECK_THROWS_WITH(norm(noise({2, 3, 4, 4}, &island)),
                    "batch_norm2d: its inputs live on different devices, island:0 and cpu; bring them to one");
}

TEST_CASE("steps of training on a device give the bits that the same kernels give on the CPU", "[device]") {
  Island island("island:0");
  Batch batch{noise({5, 1, 6, 6}), {3, 1, 4, 1, 5}};
  const auto train = [&](Device* device) {
    manual_seed(1);
    SmallNet net;
    net.to(device);
    optim::SGD optimizer(net.parameters(), {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.01});
    std::array<float, 3> losses{};
    for (float& loss : losses) loss = train_step(net, optimizer, {batch.images.to(device), batch.labels});
    CHECK(net.device() == device);
    net.to(nullptr);
    return std::pair(losses, net.state_dict());
  };
  struct Reference {
    Reference() { use_backend(reference_backend<float>()); }
    ~Reference() { use_backend(simd_backend()); }
  };
  const auto [expected_losses, expected] = [&] {
    const Reference reference;
    const Tape tape;  // so that every value is written out, as on the device
    return train(nullptr);
  }();
  const auto [losses, state] = train(&island);
  CHECK(losses == expected_losses);
  for (size_t i = 0; i < state.size(); ++i) {
    INFO(state[i].first);
    CHECK(bit_difference(state[i].second, expected[i].second) == "");
  }
}
