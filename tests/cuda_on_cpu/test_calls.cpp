#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/training.hpp"
#include "lib/tensor/random.hpp"
#include "lib/train/trainer.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using cnnlab::cuda::CudaDevice;

namespace {

std::string calls_of(const std::function<void()>& work) {
  Card::instance().let_fail(-1);  // counts from here on
  work();
  std::string calls;
  for (const auto& [function, count] : Card::instance().calls_by_function()) calls += text(function, " ", count, "\n");
  return calls;
}

}  // namespace

TEST_CASE("op by op, a steady step of MainNet takes no memory, and waits for the card once, for its loss",
          "[cuda_on_cpu]") {
  CudaDevice& device = test_card();
  manual_seed(1);
  inception::MainNet net;
  net.to(&device);
  optim::SGD optimizer(net.parameters(), {.lr = 0.01, .momentum = 0.5});
  const Batch batch{Tensor::full({4, 1, 28, 28}, 0.5f).to(&device), {1, 2, 3, 4}};
  for (int step = 0; step < 2; ++step) train_step(net, optimizer, batch);
  const std::string calls = calls_of([&] { train_step(net, optimizer, batch); });
  CHECK(calls ==
        "cublasSgemm_v2 3\n"
        "cudaMemcpyAsync 2\n"  // the labels there, the loss back
        "cudaStreamSynchronize 1\n"
        "cudnnConvolutionBackwardData 15\n"
        "cudnnConvolutionBackwardFilter 16\n"
        "cudnnConvolutionForward 16\n"
        "launch 74\n");
}

TEST_CASE("MainNet's step of 64 images starts and touches what docs/performance.md reckons with", "[cuda_on_cpu]") {
  const Dataset data = slice(digits(), 0, 192);
  manual_seed(1);
  auto net = std::make_shared<inception::MainNet>();
  net->to(&test_card());
  const auto megabytes = [] { return static_cast<double>(Card::instance().touched()) * 1e-6; };
  Trainer trainer(net, train_step, {.loader = {.batch_size = 64}}, data, data);
  trainer.advance();
  calls_of([&] { trainer.advance(); });  // the rehearsal, op by op
  CHECK(Card::instance().calls_by_function().at("launch") == 74);
  CHECK(megabytes() == Approx(91.96).margin(0.005));
  calls_of([&] { trainer.advance(); });
  CHECK(trainer.why_not_repeated() == "");
  const auto& recorded = Card::instance().calls_by_function();
  CHECK(recorded.at("launch") == 74 - 16 + 2);  // no copies; but it gathers its batch and keeps its result
  CHECK(recorded.at("cudnnConvolutionForward") + recorded.at("cudnnConvolutionBackwardData") +
            recorded.at("cudnnConvolutionBackwardFilter") ==
        47);
  CHECK(megabytes() == Approx(77.56).margin(0.005));
}

TEST_CASE("a steady step is one graph launch, and what else a run copies is this", "[cuda_on_cpu]") {
  const Dataset train = slice(digits(), 0, 200), test = slice(digits(), 200, 10);
  TrainSettings settings{.loader = {.batch_size = 10}, .epochs = 2, .log_every = 5};
  manual_seed(1);
  auto net = std::make_shared<inception::MainNet>();
  net->to(&test_card());
  SECTION("at one learning rate") {
    Trainer trainer(net, train_step, settings, train, test);
    for (int step = 0; step < 5; ++step) trainer.advance();  // the first, the rehearsal, the record, two repetitions
    const size_t tensors = net->state_dict().size();
    const std::string keeps_the_weights = text("cudaGraphLaunch 1\ncudaMemcpyAsync ", tensors, "\n");
    CHECK(calls_of([&] { trainer.advance(); }) == keeps_the_weights);
    for (int step = 7; step < 10; ++step) CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\n");
    // Takes the results of steps 3 to 5, which were sent then, and lets those of 6 to 10 come.
    const std::string results = "cudaEventRecord 1\ncudaEventSynchronize 1\ncudaGraphLaunch 1\ncudaMemcpyAsync 1\n";
    CHECK(calls_of([&] { trainer.advance(); }) == results);
    CHECK(calls_of([&] { trainer.advance(); }) == keeps_the_weights);
    while (trainer.progress().epoch == 0) trainer.advance();
    // A new epoch: its order, and the place in it.
    CHECK(calls_of([&] { trainer.advance(); }) == text("cudaGraphLaunch 1\ncudaMemcpyAsync ", tensors + 2, "\n"));
    CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\n");
  }
  SECTION("at a learning rate that changes") {
    settings.schedule = Schedule::cosine;
    Trainer trainer(net, train_step, settings, train, test);
    for (int step = 0; step < 6; ++step) trainer.advance();
    CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\ncudaMemcpyAsync 1\n");
  }
  SECTION("with augmented images") {
    SECTION("bent") { settings.loader.augment = AugmentOptions{}; }
    SECTION("cropped") { settings.loader.crop = CropOptions{}; }
    Trainer trainer(net, train_step, settings, train, test);
    for (int step = 0; step < 6; ++step) trainer.advance();
    CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\n");
  }
  SECTION("with redrawn digits, which the CPU makes") {
    settings.loader.augment = AugmentOptions{.redraw = 0.5};
    Trainer trainer(net, train_step, settings, train, test);
    for (int step = 0; step < 6; ++step) trainer.advance();
    CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\ncudaMemcpyAsync 2\n");
  }
  SECTION("with dropout: one key for each") {
    const auto dropping = tiny_norm_net();
    dropping->to(&test_card());
    Trainer trainer(dropping, train_step, settings, train, test);
    for (int step = 0; step < 6; ++step) trainer.advance();
    CHECK(calls_of([&] { trainer.advance(); }) == "cudaGraphLaunch 1\ncudaMemcpyAsync 1\n");
  }
}

TEST_CASE("the stand-in forbids what CUDA forbids while a stream captures", "[cuda_on_cpu]") {
  cuda::CudaDevice& device = test_card();
  cudaStream_t const stream = device.stream();
  cudaGraph_t graph = nullptr;
  const std::shared_ptr<void> there = device.allocate(8);
  void* memory = nullptr;
  float number = 0;
  const auto spoils = [&](const std::function<cudaError_t()>& call) {
    REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
    CHECK(call() == cudaErrorStreamCaptureUnsupported);
    CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
  };
  spoils([&] { return cudaMalloc(&memory, 8); });
  spoils([&] { return cudaFree(there.get()); });
  spoils([&] { return cudaStreamSynchronize(stream); });
  spoils([&] { return cudaMallocHost(&memory, 8); });
  spoils([&] { return cudaMemcpyAsync(there.get(), &number, sizeof number, cudaMemcpyHostToDevice, stream); });
  spoils([&] { return cudaMemcpyAsync(&number, there.get(), sizeof number, cudaMemcpyDeviceToHost, stream); });
  spoils([&] { return cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal); });
  CHECK(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeThreadLocal) == cudaErrorStreamCaptureUnsupported);
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorIllegalState);
}
