#include <typeinfo>

#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lib/train/data_parallel.hpp"
#include "native/cuda/group.hpp"
#include "native/cuda/kernels.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/every_failure.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

// A machine with so many cards, for one test.
class Cards {
 public:
  explicit Cards(int count) {
    shared_card().reset();
    card.cards = count;
  }
  ~Cards() {
    card.let_fail(-1);
    card.cards = 1;
  }
  Cards(const Cards&) = delete;
  Cards& operator=(const Cards&) = delete;
  Card& card = Card::instance();
};

struct Trained {
  std::vector<double> losses;
  std::vector<int64_t> correct;
  std::vector<nn::NamedTensor> state;
};

using Make = std::function<std::shared_ptr<nn::Module>()>;

// 200 images in batches of 16: the last has 8, and is repeated by no graph.
Trained train(Device* device, const TrainStep& step, const std::shared_ptr<nn::Module>& net, SgdSettings sgd,
              int64_t images, std::optional<AugmentOptions> augment) {
  const Dataset data = slice(digits(), 0, images), test = slice(digits(), 200, 20);
  const LoaderOptions loader{.batch_size = 16, .seed = 3, .augment = augment};
  Trained trained;
  {
    Trainer trainer(net, step, {.sgd = sgd, .loader = loader, .epochs = 3, .log_every = 1}, data, test);
    trainer.on_step = [&](const StepEvent& event) {
      trained.losses.push_back(event.loss);
      trained.correct.push_back(event.train.correct);
    };
    while (trainer.advance()) {
    }
    CHECK(trainer.why_not_repeated() == "");
    CHECK(net->device() == device);
  }
  net->to(nullptr);
  trained.state = net->state_dict();
  return trained;
}

Trained train_on_one(const Make& make, SgdSettings sgd, int64_t images = 200,
                     std::optional<AugmentOptions> augment = {}) {
  const auto net = make();
  net->to(&test_card());
  return train(&test_card(), train_step, net, sgd, images, augment);
}

Trained train_on(int cards, const Make& make, SgdSettings sgd, int64_t images = 200,
                 std::optional<AugmentOptions> augment = {}) {
  const auto group = cuda::open_group({}, cards);
  Device* const first = group->devices()[0];
  const auto net = make();
  net->to(first);
  const auto parallel = std::make_shared<DataParallel>(*group, train_step, net, make);
  const TrainStep step = [parallel](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    return parallel->train(model, optimizer, batch);
  };
  return train(first, step, net, sgd, images, augment);
}

void check_close(const Trained& got, const Trained& expected,
                 Tolerance weights = {.absolute = 1e-5, .relative = 1e-4}) {
  REQUIRE(got.losses.size() == expected.losses.size());
  for (size_t step = 0; step < got.losses.size(); ++step) {
    INFO("step " << step);
    CHECK(got.losses[step] == Approx(expected.losses[step]).epsilon(1e-5));
  }
  CHECK(got.correct == expected.correct);
  for (size_t i = 0; i < expected.state.size(); ++i) {
    INFO(expected.state[i].first);
    CHECK(difference(got.state[i].second, expected.state[i].second, weights) == "");
  }
}

constexpr SgdSettings quick{.lr = 0.02, .momentum = 0.5, .weight_decay = 0.01};

// For nets of many ReLUs behind BatchNorm, as in test_training.cpp: a number that is 0 but for the rounding lets the
// gradient pass on one card and not on two, and at a rate that teaches something the two runs drift apart from there,
// right or wrong. At this one the weights may be compared the more strictly; the decay makes them move.
constexpr SgdSettings gentle{.lr = 1e-5, .momentum = 0.5, .weight_decay = 0.1};
constexpr Tolerance strict{.absolute = 1e-6, .relative = 1e-5};

}  // namespace

TEST_CASE("two cards, and four, learn what one learns of the same batches", "[cuda_on_cpu]") {
  const Make make = [] { return tiny_net(); };
  Trained one;
  {
    const Cards machine(1);
    one = train_on_one(make, quick);
  }
  const Cards machine(4);
  SECTION("two") { check_close(train_on(2, make, quick), one); }
  SECTION("four") { check_close(train_on(4, make, quick), one); }
  SECTION("two, with MainNet") {
    const Make main_net = [] {
      manual_seed(1);
      return std::make_shared<inception::MainNet>();
    };
    check_close(train_on(2, main_net, {.lr = 0.01, .momentum = 0.5}, 48),
                train_on_one(main_net, {.lr = 0.01, .momentum = 0.5}, 48));
  }
  SECTION("two, where the last batch cannot be halved") {
    check_close(train_on(2, make, quick, 197), train_on_one(make, quick, 197));
  }
  SECTION("two, with bent images") {
    check_close(train_on(2, make, quick, 200, AugmentOptions{}), train_on_one(make, quick, 200, AugmentOptions{}));
  }
}

TEST_CASE("two cards, and four, learn what one learns with BatchNorm and Dropout, too", "[cuda_on_cpu]") {
  const Make norm_net = [] { return tiny_norm_net(); };
  const Make res_net = [] {
    manual_seed(1);
    return std::make_shared<residual::ResNet>(residual::ResNet({.in = 1, .depth = 20, .width = 4}));
  };
  const Make dense_net = [] {  // two layers in each block, and two transitions
    manual_seed(1);
    return std::make_shared<dense::DenseNet>(
        dense::DenseNet({.in = 1, .depth = 16, .growth_rate = 4, .bottleneck = true, .compression = 50}));
  };
  const Cards machine(4);
  SECTION("two") { check_close(train_on(2, norm_net, quick), train_on_one(norm_net, quick)); }
  SECTION("four") { check_close(train_on(4, norm_net, quick), train_on_one(norm_net, quick)); }
  SECTION("two, where the last batch cannot be halved") {
    check_close(train_on(2, norm_net, quick, 197), train_on_one(norm_net, quick, 197));
  }
  SECTION("two, with ResNet-20") {
    check_close(train_on(2, res_net, gentle, 48), train_on_one(res_net, gentle, 48), strict);
  }
  SECTION("two, with a small DenseNet") {
    check_close(train_on(2, dense_net, gentle, 48), train_on_one(dense_net, gentle, 48), strict);
  }
}

TEST_CASE("a step of two cards is one graph launch", "[cuda_on_cpu]") {
  Cards machine(2);
  const auto group = cuda::open_group({}, 2);
  const auto net = tiny_norm_net();
  net->to(group->devices()[0]);
  DataParallel parallel(*group, train_step, net, [] { return tiny_norm_net(); });
  const Dataset data = slice(digits(), 0, 200), test = slice(digits(), 200, 10);
  const auto step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    return parallel.train(model, optimizer, batch);
  };
  Trainer trainer(net, step, {.loader = {.batch_size = 16}, .log_every = 1000}, data, test);
  for (int i = 0; i < 5; ++i) trainer.advance();
  machine.card.let_fail(-1);  // counts from here on
  trainer.advance();
  const std::map<std::string, int> calls{{"cudaGraphLaunch", 1}, {"cudaMemcpyAsync", 2}};
  CHECK(machine.card.calls_by_function() == calls);  // the copies: dropout's keys, there to each card
}

TEST_CASE("a recorded step of two cards copies nothing that a convolution can write where it belongs",
          "[cuda_on_cpu]") {
  Cards machine(2);
  const auto group = cuda::open_group({}, 2);
  const Make make = [] { return std::make_shared<inception::MainNet>(); };
  const auto net = make();
  net->to(group->devices()[0]);
  DataParallel parallel(*group, train_step, net, make);
  const Dataset data = slice(digits(), 0, 16);
  const auto step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    return parallel.train(model, optimizer, batch);
  };
  Trainer trainer(net, step, {.loader = {.batch_size = 4}}, data, data);
  const auto copies_of_step = [&] {
    machine.card.let_fail(-1);  // counts from here on
    trainer.advance();
    return machine.card.works(typeid(cuda::CopyRuns).name());
  };
  CHECK(copies_of_step() == 32);
  CHECK(copies_of_step() == 32);
  CHECK(copies_of_step() == 0);
  CHECK(trainer.why_not_repeated() == "");
}

TEST_CASE("every call may fail with two cards, too: each failure is one line, and nothing is left behind",
          "[cuda_on_cpu]") {
  const Cards machine(2);
  const auto use_everything = [] {
    const Make make = [] { return tiny_norm_net(); };
    const auto group = cuda::open_group({}, 2);
    const auto net = make();
    net->to(group->devices()[0]);
    DataParallel parallel(*group, train_step, net, make);
    const Dataset data = slice(digits(), 0, 13), test = slice(digits(), 200, 2);
    const auto step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
      return parallel.train(model, optimizer, batch);
    };
    Trainer trainer(net, step, {.loader = {.batch_size = 4}, .max_steps = 5}, data, test);
    while (trainer.progress().step < 5) trainer.advance();
    trainer.settle();
  };
  const auto functions = let_every_call_fail("CUDA error|cuBLAS status|cuDNN status|NCCL result",
                                             {"cudaStreamSynchronize", "cudaSetDevice"}, use_everything);
  for (const char* const nccl :
       {"ncclCommInitAll", "ncclGroupStart", "ncclAllReduce", "ncclGroupEnd", "ncclCommDestroy", "cudaStreamWaitEvent"})
    CHECK(functions.contains(nccl));
}

TEST_CASE("cards that are not there, and NCCL's failure, are said in one line", "[cuda_on_cpu]") {
  Cards machine(2);
  CHECK_THROWS_WITH(cuda::open_group({}, 3), "cuda:2: there is no such card; there are 2, the first is cuda:0");
  CHECK_THROWS_WITH(cuda::open_group({.index = 1}, 2),
                    "cuda:2: there is no such card; there are 2, the first is cuda:0");
  CHECK_THROWS_WITH(cuda::open_group({}, 17), "cuda: --gpus takes up to 16, got 17");
  CHECK(machine.card.handles == 0);
}

TEST_CASE("work that does not come back to the first card, or does not wait for it, is found", "[cuda_on_cpu]") {
  const Cards machine(2);
  const auto group = cuda::open_group({}, 2);
  auto& first = dynamic_cast<cuda::CudaDevice&>(*group->devices()[0]);
  auto& second = dynamic_cast<cuda::CudaDevice&>(*group->devices()[1]);
  Tensor here({4}, &first), there({4}, &second);
  cudaGraph_t graph = nullptr;
  SECTION("it stays away") {
    first.use();
    REQUIRE(cudaStreamBeginCapture(first.stream(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
    group->fork();
    there.fill(1);
    CHECK(cudaStreamEndCapture(first.stream(), &graph) == cudaErrorStreamCaptureUnjoined);
  }
  SECTION("it waits for nobody: the other card might read what is not there yet") {
    const auto captured = [&](bool waits) {
      first.use();
      REQUIRE(cudaStreamBeginCapture(first.stream(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
      if (!waits) group->fork();
      here.fill(2);
      if (waits) group->fork();
      second.copy(here.raw().data(), there.raw().data(), 4 * sizeof(float));
      group->join();
      const cudaError_t status = cudaStreamEndCapture(first.stream(), &graph);
      REQUIRE(status == cudaSuccess);
      cudaGraphExec_t executable = nullptr;
      REQUIRE(cudaGraphInstantiate(&executable, graph, 0) == cudaSuccess);
      int right = 0;
      for (int time = 0; time < 100; ++time) {
        here.fill(1);
        REQUIRE(cudaGraphLaunch(executable, first.stream()) == cudaSuccess);
        group->fork();
        right += there.to(nullptr).data()[0] == 2;
      }
      cudaGraphExecDestroy(executable);
      cudaGraphDestroy(graph);
      return right;
    };
    CHECK(captured(true) == 100);
    CHECK_THROWS_WITH(captured(false),
                      "cuda_on_cpu: cudaMemcpyAsync reads what N6cnnlab4cuda4FillE writes on another stream, and no "
                      "event stands between");
  }
}
