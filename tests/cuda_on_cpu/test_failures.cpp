#include <csignal>
#include <regex>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "lessons/training.hpp"
#include "lib/nn/layers.hpp"
#include "lib/train/trainer.hpp"
#include "native/cuda/module.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/every_failure.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using cnnlab::cuda::CudaDevice;

namespace {

// A machine of its own for one test; then all is as before.
class Machine {
 public:
  Machine() { shared_card().reset(); }
  ~Machine() {
    card.let_fail(-1);
    card.driver = CUDART_VERSION, card.cards = 1, card.capability = 90, card.memory = size_t{1} << 30;
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  Card& card = Card::instance();
};

std::string why_not(int index = 0) {
  try {
    const CudaDevice device({.index = index});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Opens a card, trains steps on it, some of them repeated, and closes it: every function of CUDA's is called.
void use_everything() {
  CudaDevice device({});
  struct Net : nn::Module {
    nn::Conv2d conv = add("conv", nn::Conv2d({.in = 1, .out = 2, .kernel = 3}));
    nn::BatchNorm2d bn = add("bn", nn::BatchNorm2d(2));
    nn::Conv2d left = add("left", nn::Conv2d({.in = 2, .out = 1, .kernel = 1}));
    nn::Conv2d right = add("right", nn::Conv2d({.in = 2, .out = 1, .kernel = 1}));
    nn::Linear fc = add("fc", nn::Linear({.in = 8, .out = 3}));
    Variable forward(Variable x) override {
      x = relu(bn(conv(x)));
      return log_softmax(fc(flatten(cat({left(x), right(x)}, 1))));
    }
  };
  const auto net = std::make_shared<Net>();
  net->to(&device);
  const Dataset data{
      .name = "two", .height = 4, .width = 4, .classes = 3, .images = std::vector<uint8_t>(32, 99), .labels = {0, 2}};
  const LoaderOptions loader{.batch_size = 2, .augment = AugmentOptions{}};
  Trainer trainer(net, train_step, {.sgd = {.lr = 0.1, .momentum = 0.5}, .loader = loader, .max_steps = 4}, data, data);
  while (trainer.progress().step < 4) trainer.advance();
  trainer.settle();
}

}  // namespace

TEST_CASE("what a machine lacks for CUDA is said in one line", "[cuda_on_cpu]") {
  Machine machine;
  CHECK(why_not() == "");
  CHECK(why_not(1) == "cuda:1: there is no such card; there is 1, the first is cuda:0");
  machine.card.capability = 61;
  CHECK(why_not() == "cuda:0: a card that is none has compute capability 6.1, but 7.5 or newer is needed");
  machine.card.cards = 0;
  CHECK(why_not() == "cuda: there is a driver, but no NVIDIA graphics card");
  machine.card.driver = 12020;
  CHECK(std::regex_match(why_not(), std::regex("cuda: the NVIDIA driver knows CUDA 12\\.2, but this program needs "
                                               "\\d+\\.\\d+: please update the driver")));
  machine.card.driver = 0;
  CHECK(why_not() ==
        "cuda: there is no NVIDIA driver on this machine; leave out --device cuda, and the processor does it");
}

TEST_CASE("info tells the libraries, the driver and the cards, and what is wrong with them", "[cuda_on_cpu]") {
  Machine machine;
  const auto info = [](std::string all = "") {
    std::vector<std::string> lines;
    cnnlab_cuda_info(&lines);
    for (const std::string& line : lines) all += line + "\n";
    return all;
  };
  const std::string libraries =
      "runtime \\d+\\.\\d+, cuBLAS 13\\.1\\.2, cuDNN 9\\.12\\.3, (no NCCL|NCCL \\d+\\.\\d+\\.\\d+)\n";
  machine.card.cards = 2;
  CHECK_THAT(info(),
             Catch::Matchers::Matches(
                 libraries + "the driver knows CUDA \\d+\\.\\d+\n"
                             "cuda:0: a card that is none, compute capability 9.0, 1 multiprocessors, 1024 MiB\n"
                             "cuda:1: a card that is none, compute capability 9.0, 1 multiprocessors, 1024 MiB\n"));
  machine.card.let_fail(0);
  CHECK(info() == "cuda: asking for cuBLAS's version failed: an internal operation failed (cuBLAS status 14)\n");
  machine.card.let_fail(-1);
  machine.card.driver = 0;
  CHECK_THAT(info(), Catch::Matchers::Matches(libraries + "cuda: there is no NVIDIA driver on this machine; .*\n"));
}

TEST_CASE("a card that has no more memory says how much, after the pool gave back all it kept", "[cuda_on_cpu]") {
  Machine machine;
  machine.card.memory = size_t{64} << 20;  // of which cuBLAS gets 32 MiB
  {
    CudaDevice device({});
    static_cast<void>(Tensor::zeros({5 << 20}, &device));  // 20 MiB, kept by the pool
    const Tensor large = Tensor::zeros({6 << 20}, &device);
    CHECK_THROWS_WITH(
        Tensor::zeros({5 << 19}, &device),
        "cuda:0: out of memory: 10240 KiB more are needed, 8 of 64 MiB are free; try a smaller --batch, or "
        "end other programs that use the card");
  }
  CHECK(machine.card.used() == 0);
}

TEST_CASE("every call of CUDA's may fail: each failure is one line, and nothing is left behind", "[cuda_on_cpu]") {
  const Machine machine;
  const auto functions =
      let_every_call_fail("CUDA error|cuBLAS status|cuDNN status", {"cudaStreamSynchronize"}, use_everything);
  CHECK(functions.size() == 52);  // of CUDA's, and our launch
}

#if !defined(__SANITIZE_ADDRESS__)  // which would report the access that is meant
TEST_CASE("the CPU cannot touch a card's memory", "[cuda_on_cpu]") {
  const Tensor there = Tensor::zeros({4}, &test_card());
  CHECK_THROWS_WITH(there.data(), Catch::Matchers::Contains("live on cuda:0"));
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);
    const volatile float* const numbers = there.raw().data();
    _exit(numbers[0] == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}
#endif
