#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/06_dense/model.hpp"
#include "lib/train/checkpoint.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

// The card, without its gift to record steps: each op of each step is started by the CPU.
class OpByOp : public Device {
 public:
  std::string name() const override { return test_card().name(); }
  const Backend<float>& backend() const override { return test_card().backend(); }
  std::shared_ptr<void> allocate(size_t bytes) override { return test_card().allocate(bytes); }
  void upload(const void* from, void* to, size_t bytes) override { test_card().upload(from, to, bytes); }
  void download(const void* from, void* to, size_t bytes) override { test_card().download(from, to, bytes); }
  void copy(const void* from, void* to, size_t bytes) override { test_card().copy(from, to, bytes); }
  void fill(std::span<float> numbers, float value) override { test_card().fill(numbers, value); }
};
OpByOp op_by_op;

// What a run said, to the last bit, without what a clock says.
struct Said {
  std::string events;
  std::vector<nn::NamedTensor> state;
};

template <class Event>
std::string bits_of(const Event& event) {
  if constexpr (requires { event.step; }) {
    return text("step ", event.step, ' ', std::hexfloat, event.loss, ' ', event.train.correct, '/', event.train.total,
                '\n');
  } else {
    return text("epoch ", event.epoch, ' ', std::hexfloat, event.train_loss, ' ', event.train.correct, ' ',
                event.test.loss, ' ', event.test.correct, '\n');
  }
}

void listen(Trainer& trainer, Said& said) {
  trainer.on_step = [&](const StepEvent& event) { said.events += bits_of(event); };
  trainer.on_epoch = [&](const EpochEvent& event) { said.events += bits_of(event); };
  trainer.on_norms = [&](const NormsEvent& event) {
    for (const auto& [name, gradient, weight] : event.norms)
      said.events += text(event.step, ' ', name, ' ', std::hexfloat, gradient, ' ', weight, '\n');
  };
}

struct Job {
  std::function<std::shared_ptr<nn::Module>()> make = [] { return tiny_norm_net(); };
  TrainSettings settings{
      .sgd = {.lr = 0.05, .momentum = 0.9}, .loader = {.batch_size = 8, .seed = 5}, .epochs = 3, .log_every = 4};
  TrainStep step = train_step;
  Dataset train = slice(digits(), 0, 84), test = slice(digits(), 84, 60);  // the last batch is short
};

Said run(Device* device, const Job& job, std::string* why_not = nullptr) {
  manual_seed(1);
  const auto net = job.make();
  net->to(device);
  Said said;
  {
    Trainer trainer(net, job.step, job.settings, job.train, job.test);
    listen(trainer, said);
    while (trainer.advance()) {
    }
    if (why_not) *why_not = trainer.why_not_repeated();
  }
  net->to(nullptr);
  said.state = net->state_dict();
  return said;
}

void check_equal(const Said& got, const Said& expected) {
  CHECK(got.events == expected.events);
  for (size_t i = 0; i < expected.state.size(); ++i) {
    INFO(expected.state[i].first);
    CHECK(bit_difference(got.state[i].second, expected.state[i].second) == "");
  }
}

void check_repeats(Job job) {
  int steps_of_the_cpu = 0;  // with full batches; an epoch's last is short
  job.step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    steps_of_the_cpu += std::ssize(batch.labels) == job.settings.loader.batch_size;
    return train_step(model, optimizer, batch);
  };
  const Said recorded = run(&test_card(), job);
  CHECK(steps_of_the_cpu == 3);  // first, rehearsal, record
  job.step = train_step;
  check_equal(recorded, run(&op_by_op, job));
}

}  // namespace

TEST_CASE("a repeated run says and learns the same bits as one op by op: BatchNorm, Dropout, a short last batch",
          "[cuda_on_cpu]") {
  Job job;
  SECTION("as it is") {}
  SECTION("a learning rate that changes with every step") { job.settings.schedule = Schedule::cosine; }
  SECTION("without momentum, with weight decay") { job.settings.sgd = {.lr = 0.05, .weight_decay = 0.01}; }
  SECTION("nesterov") { job.settings.sgd = {.lr = 0.05, .momentum = 0.9, .nesterov = true}; }
  SECTION("bent images") { job.settings.loader.augment = AugmentOptions{}; }
  SECTION("redrawn digits, which the CPU makes") { job.settings.loader.augment = AugmentOptions{.redraw = 0.5}; }
  SECTION("cropped images") { job.settings.loader.crop = CropOptions{}; }
  SECTION("normalised images") { job.train.mean = {0.13f}, job.train.deviation = {0.31f}; }
  SECTION("in their order") { job.settings.loader.shuffle = false; }
  SECTION("with the norms of gradients and weights") { job.settings.norms_every = 3; }
  SECTION("with few events") { job.settings.log_every = 1000; }
  SECTION("cut short") { job.settings.max_steps = 26, job.settings.epochs = 3; }
  check_repeats(job);
}

TEST_CASE("repeated, MainNet, ResNets and a DenseNet learn the same bits as op by op", "[cuda_on_cpu]") {
  Job job;
  job.settings.epochs = 2;
  job.settings.sgd = {.lr = 0.01, .momentum = 0.5, .weight_decay = 1e-4};
  SECTION("MainNet") {
    job.make = [] { return std::make_shared<inception::MainNet>(); };
  }
  SECTION("ResNet-20") {
    job.make = [] { return std::make_shared<residual::ResNet>(residual::ResNet({.in = 1, .depth = 20, .width = 4})); };
  }
  SECTION("ResNet-8 with projections") {
    job.make = [] {
      return std::make_shared<residual::ResNet>(
          residual::ResNet({.in = 1, .depth = 8, .width = 4, .projection = true}));
    };
  }
  SECTION("a small DenseNet") {
    job.make = [] {
      return std::make_shared<dense::DenseNet>(
          dense::DenseNet({.in = 1, .depth = 16, .growth_rate = 4, .bottleneck = true, .compression = 50}));
    };
  }
  check_repeats(job);
}

TEST_CASE("repeated, a net follows the CPU's losses", "[cuda_on_cpu]") {
  LoaderOptions loader{.batch_size = 8, .seed = 3};
  std::function<std::shared_ptr<nn::Module>()> make = [] { return tiny_net(); };
  SECTION("MainNet") {
    make = [] { return std::make_shared<inception::MainNet>(); };
  }
  SECTION("a small one, with bent images") { loader.augment = AugmentOptions{}; }
  SECTION("a small one, with cropped images") { loader.crop = CropOptions{}; }
  const auto losses = [&](Device* device) {
    manual_seed(1);
    const auto net = make();
    net->to(device);
    const Dataset train = slice(digits(), 0, 200), test = slice(digits(), 200, 10);
    Trainer trainer(net, train_step, {.loader = loader, .epochs = 2, .log_every = 1}, train, test);
    std::vector<double> found;
    trainer.on_step = [&](const StepEvent& event) { found.push_back(event.loss); };
    while (trainer.advance()) {
    }
    return found;
  };
  const std::vector<double> here = losses(nullptr), there = losses(&test_card());
  REQUIRE(here.size() == 50);
  REQUIRE(there.size() == 50);
  for (size_t i = 0; i < here.size(); ++i) {
    INFO("step " << i);
    CHECK(std::abs(there[i] - here[i]) <= 1e-5 * std::abs(here[i]));
  }
}

TEST_CASE("a step that needs the CPU is not repeated, and it is said why", "[cuda_on_cpu]") {
  Job job;
  std::shared_ptr<nn::Module> net;  // that trains; a step gets it wrapped, without its parameters
  job.make = [&] { return net = tiny_net(); };
  std::string why, expected;
  SECTION("it looks at its gradients") {
    job.step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
      const float loss = train_step(model, optimizer, batch);
      static_cast<void>(net->parameters()[0].grad().to(nullptr));
      return loss;
    };
    expected = "it looks at more than its loss";
  }
  SECTION("it computes with its loss") {
    job.step = [](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
      return 2 * train_step(model, optimizer, batch);
    };
    expected = "it returns another number than the loss that it read";
  }
  SECTION("it brings numbers") {
    job.step = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
      const float loss = train_step(model, optimizer, batch);
      net->parameters()[0].value().copy_from(Tensor::full(net->parameters()[0].shape(), 0.01f));
      return loss;
    };
    expected = "it brings numbers from the CPU";
  }
  SECTION("it draws") {
    job.make = [] { return tiny_norm_net(); };
    job.step = [](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
      default_random().bits();
      return train_step(model, optimizer, batch);
    };
    expected = "it draws random numbers for more than dropout";
  }
  SECTION("it takes more memory than its rehearsal") {
    job.step = [&net, kept = std::make_shared<std::vector<Tensor>>()](nn::Module& model, optim::SGD& optimizer,
                                                                      const Batch& batch) {
      kept->push_back(Tensor::zeros({1234}, net->device()));
      return train_step(model, optimizer, batch);
    };
    expected = "it takes 4936 bytes of memory that the step before did not take";
  }
  const Said got = run(&test_card(), job, &why);
  CHECK(why == expected);
  check_equal(got, run(&op_by_op, job));
}

TEST_CASE("a repeated run goes on from a checkpoint within an epoch, bit for bit", "[cuda_on_cpu]") {
  const Job job;
  const NetworkName name{.lesson = "tiny", .options = {}};
  const Said whole = run(&test_card(), job);
  Said parts;
  StateFile file;
  {
    const auto net = tiny_norm_net();
    net->to(&test_card());
    Trainer trainer(net, train_step, job.settings, job.train, job.test);
    listen(trainer, parts);
    while (trainer.progress().step < 18) trainer.advance();
    file = checkpoint(trainer, name);
  }
  const auto net = tiny_norm_net(9);
  net->to(&test_card());
  Trainer trainer(net, train_step, job.settings, job.train, job.test);
  listen(trainer, parts);
  resume_from(trainer, file, "tiny.ckpt");
  while (trainer.advance()) {
  }
  net->to(nullptr);
  parts.state = net->state_dict();
  check_equal(parts, whole);
}

TEST_CASE("a repeated run whose loss is lost names the step, keeps weights that were good and can go on",
          "[cuda_on_cpu]") {
  Job job;
  job.make = [] { return tiny_net(); };
  job.settings.log_every = 1000;
  const auto lost = [&](Device* device, const std::shared_ptr<nn::Module>& net) {
    net->to(device);
    Trainer trainer(net, train_step, job.settings, job.train, job.test);
    trainer.set_sgd({.lr = 1e-3, .momentum = 0.9});
    for (int step = 0; step < 5; ++step) trainer.advance();
    trainer.set_sgd({.lr = 1e38, .momentum = 0.9});
    std::string message;
    try {
      while (trainer.advance()) {
      }
    } catch (const Error& error) {
      message = text(error.what(), "; ", trainer.progress().step, " steps, ", trainer.progress().image, " images");
    }
    for (const auto& [parameter, tensor] : net->state_dict()) {
      const Tensor numbers = tensor.cpu_copy();
      INFO(parameter);
      CHECK(std::isfinite(numbers.data()[0]));
    }
    trainer.set_sgd({.lr = 1e-3, .momentum = 0.9});
    while (trainer.advance()) {
    }
    CHECK(std::isfinite(trainer.last_epoch()->test.loss));
    return message;
  };
  const std::string message = lost(&test_card(), job.make());
  CHECK_THAT(message, Catch::Matchers::StartsWith("training: the loss is "));
  CHECK(message == lost(&op_by_op, job.make()));
}
