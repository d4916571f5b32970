#include <cmath>
#include <limits>

#include <catch2/catch.hpp>
#include <xtensor/xmath.hpp>

#include "lib/tensor/array.hpp"
#include "lib/train/checkpoint.hpp"
#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<Tensor> values(const nn::Module& module) {
  std::vector<Tensor> found;
  for (const Variable& variable : module.parameters()) found.push_back(variable.value().clone());
  return found;
}

std::string first_difference(const std::vector<Tensor>& got, const std::vector<Tensor>& expected) {
  for (size_t i = 0; i < expected.size(); ++i)
    if (const std::string apart = bit_difference(got[i], expected[i]); !apart.empty()) return text(i, ": ", apart);
  return "";
}

// Trains as the lesson does, but says NaN at step `bad` (from 1).
TrainStep breaks_at(int bad, float said = not_a_number) {
  return [bad, said, step = 0](nn::Module& model, optim::SGD& optimizer, const Batch& batch) mutable {
    const float loss = train_step(model, optimizer, batch);
    return ++step == bad ? said : loss;
  };
}

}  // namespace

TEST_CASE("a run is made of training and testing batches, and says how it goes") {
  const TinyData data;
  TrainSettings settings = tiny_settings();
  settings.log_every = 2;
  Trainer trainer(tiny_net(), train_step, settings, data.train, data.test);
  std::vector<StepEvent> steps;
  std::vector<EpochEvent> epochs;
  trainer.on_step = [&](const StepEvent& event) { steps.push_back(event); };
  trainer.on_epoch = [&](const EpochEvent& event) { epochs.push_back(event); };
  CHECK(std::isnan(trainer.last_loss()));
  CHECK(trainer.steps_per_epoch() == 3);
  CHECK(trainer.total_steps() == 6);

  std::string order;  // t for training, e for evaluation
  std::vector<double> losses;
  for (bool more = true; more;) {
    order += trainer.testing() ? 'e' : 't';
    const bool trains = !trainer.testing();
    more = trainer.advance();
    if (trains) losses.push_back(trainer.last_loss());
    CHECK(more == !trainer.finished());
  }
  CHECK(order == "ttteetttee");
  CHECK_FALSE(trainer.advance());
  CHECK(losses.size() == 6);

  REQUIRE(steps.size() == 4);  // after two batches, and at the epoch's last
  const int64_t expected[] = {2, 3, 5, 6};
  for (int i = 0; i < 4; ++i) {
    CHECK(steps[i].step == expected[i]);
    CHECK(steps[i].epoch == 1 + i / 2);
    CHECK(steps[i].steps_per_epoch == 3);
    CHECK(steps[i].images_per_second > 0);
  }
  CHECK(steps[0].loss == Approx((losses[0] + losses[1]) / 2));
  CHECK(steps[1].loss == Approx(losses[2]));

  REQUIRE(epochs.size() == 2);
  CHECK(epochs[1].epoch == 2);
  CHECK(epochs[1].train_loss == Approx((losses[3] + losses[4] + losses[5]) / 3));
  CHECK(epochs[1].train_seconds > 0);
  const Score score = evaluate(trainer.model(), data.test);
  CHECK(epochs[1].test.loss == score.loss);
  CHECK(epochs[1].test.correct == score.correct);
  CHECK(epochs[1].test.total == 280);
  CHECK(trainer.last_epoch()->epoch == 2);
}

TEST_CASE("max_steps cuts a run short, within an epoch too, and still tests it") {
  const TinyData data;
  const auto run = [&](int64_t max_steps) {
    TrainSettings settings = tiny_settings();
    settings.max_steps = max_steps;
    Trainer trainer(tiny_net(), train_step, settings, data.train, data.test);
    std::string order;
    trainer.on_epoch = [&](const EpochEvent& event) { order += text(event.epoch); };
    do order += trainer.testing() ? 'e' : 't';
    while (trainer.advance());
    return order;
  };
  CHECK(run(1) == "tee1");
  CHECK(run(3) == "tttee1");
  CHECK(run(4) == "tttee1tee2");
  CHECK(run(100) == "tttee1tttee2");
}

TEST_CASE("the same seed trains the same weights, another seed others") {
  const TinyData data;
  const auto run = [&](uint64_t seed) {
    TrainSettings settings = tiny_settings();
    settings.loader.seed = seed;
    Trainer trainer(tiny_net(), train_step, settings, data.train, data.test);
    while (trainer.advance()) {
    }
    return values(trainer.model());
  };
  const auto first = run(5);
  CHECK(first_difference(run(5), first) == "");
  CHECK(first_difference(run(6), first) != "");
}

TEST_CASE("training lowers the loss") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(30), data.train, data.test);
  std::vector<EpochEvent> epochs;
  trainer.on_epoch = [&](const EpochEvent& event) { epochs.push_back(event); };
  while (trainer.advance()) {
  }
  CHECK(epochs.front().train_loss > 2);
  CHECK(epochs.back().train_loss < 0.5);
  CHECK(epochs.back().test.correct > 140);
}

TEST_CASE("new settings hold from the next batch on") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(), data.train, data.test);
  trainer.set_sgd({.lr = 0});
  const auto before = values(trainer.model());
  trainer.advance();
  CHECK(first_difference(values(trainer.model()), before) == "");
  trainer.set_sgd({.lr = 0.1});
  trainer.advance();
  CHECK(first_difference(values(trainer.model()), before) != "");
  CHECK_THROWS_WITH(trainer.set_sgd({.lr = -1}), "SGD: the learning rate must be at least 0, got -1");
  CHECK(trainer.settings().sgd.lr == 0.1);
}

TEST_CASE("batches change their size within an epoch, and every image is trained on once") {
  const TinyData data;
  TrainSettings settings = tiny_settings();
  settings.loader.shuffle = false;
  std::vector<std::vector<int32_t>> seen;
  const TrainStep watch = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    seen.push_back(batch.labels);
    return train_step(model, optimizer, batch);
  };
  Trainer trainer(tiny_net(), watch, settings, data.train, data.test);
  trainer.advance();  // 16 images; 24 are left
  trainer.set_batch_size(10);
  CHECK(trainer.steps_per_epoch() == 4);
  CHECK(trainer.total_steps() == 8);
  while (trainer.advance()) {
  }
  std::vector<size_t> sizes;
  std::vector<int32_t> labels;
  for (const auto& batch : seen) {
    sizes.push_back(batch.size());
    labels.insert(labels.end(), batch.begin(), batch.end());
  }
  CHECK(sizes == std::vector<size_t>{16, 10, 10, 4, 10, 10, 10, 10});
  for (size_t i = 0; i < labels.size(); ++i) CHECK(labels[i] == data.train.labels[i % 40]);
  CHECK(trainer.progress().epoch == 2);
  CHECK_THROWS_WITH(trainer.set_batch_size(0), "loader: batch size 0 is not positive");
}

TEST_CASE("a run whose batches changed their size is resumed bit for bit") {
  const TinyData data;
  Trainer whole(tiny_net(), train_step, tiny_settings(), data.train, data.test);
  whole.advance();
  whole.set_batch_size(7);
  whole.advance();
  const StateFile file = parse_safetensors(write_safetensors(checkpoint(whole, {"tiny", {}})), "c");
  Trainer resumed(tiny_net(9), train_step, read_checkpoint(file, "c").settings, data.train, data.test);
  resume_from(resumed, file, "c");
  for (Trainer* trainer : {&whole, &resumed}) {
    while (trainer->advance()) {
    }
  }
  CHECK(resumed.progress().step == whole.progress().step);
  CHECK(first_difference(values(resumed.model()), values(whole.model())) == "");
}

TEST_CASE("a run gets more epochs, also after its end, or fewer") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(1), data.train, data.test);
  while (trainer.advance()) {
  }
  CHECK(trainer.progress().step == 3);
  trainer.set_epochs(3);
  CHECK_FALSE(trainer.finished());
  for (int batch = 0; batch < 2; ++batch) trainer.advance();
  trainer.set_epochs(1);  // in the second: it is tested, and that is all
  CHECK(trainer.testing());
  while (trainer.advance()) {
  }
  CHECK(trainer.progress().step == 5);
  CHECK(trainer.last_epoch()->epoch == 2);
  CHECK_THROWS_WITH(trainer.set_epochs(0), "training: epochs must be at least 1, got 0");
}

TEST_CASE("answers are counted as they were before the network learned from them") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(), data.train, data.test);
  std::vector<Answers> steps;
  std::vector<EpochEvent> epochs;
  trainer.on_step = [&](const StepEvent& event) { steps.push_back(event.train); };
  trainer.on_epoch = [&](const EpochEvent& event) { epochs.push_back(event); };
  Dataset first = data.train;  // what an untrained network says to the first batch
  Loader loader(first, tiny_settings().loader);
  const Batch batch = loader.batch(0, 0);
  const std::vector<int32_t> answers = argmax_rows(predict(*tiny_net(), batch.images));
  int64_t correct = 0;
  for (size_t i = 0; i < answers.size(); ++i) correct += answers[i] == batch.labels[i];
  trainer.advance();
  CHECK(trainer.progress().event_answers.correct == correct);
  CHECK(trainer.progress().event_answers.total == 16);
  while (trainer.advance()) {
  }
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[0].train.total == 40);
  CHECK(epochs[0].train.correct == steps[0].correct);  // one step event an epoch
  CHECK(epochs[1].train.correct > epochs[0].train.correct);
}

TEST_CASE("the test set's answers can be heard batch by batch, in its order") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(1), data.train, data.test);
  std::vector<uint8_t> labels;
  int64_t correct = 0;
  trainer.on_test = [&](const Batch& batch, const Tensor& output) {
    const std::vector<int32_t> answers = argmax_rows(output);
    for (size_t i = 0; i < answers.size(); ++i) correct += answers[i] == batch.labels[i];
    labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
  };
  while (trainer.advance()) {
  }
  CHECK(labels == data.test.labels);
  CHECK(correct == trainer.last_epoch()->test.correct);
}

TEST_CASE("the schedule scales the learning rate of each step") {
  const TinyData data;
  std::vector<double> rates;
  const TrainStep watch = [&](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    rates.push_back(optimizer.settings().lr);
    return train_step(model, optimizer, batch);
  };
  TrainSettings settings = tiny_settings();
  settings.schedule = Schedule::cosine;
  Trainer trainer(tiny_net(), watch, settings, data.train, data.test);
  while (trainer.advance()) {
  }
  REQUIRE(rates.size() == 6);
  for (int i = 0; i < 6; ++i) CHECK(rates[i] == Approx(0.1 * schedule_factor(Schedule::cosine, i, 6)));
}

TEST_CASE("training waits for images that are still to come") {
  const TinyData data;
  Dataset growing = slice(data.train, 0, 16);
  TrainSettings settings = tiny_settings(1);
  settings.loader.shuffle = false;
  settings.loader.total = 40;
  Trainer trainer(tiny_net(), train_step, settings, growing, data.test);
  CHECK(trainer.total_steps() == 3);
  CHECK(trainer.ready());
  trainer.advance();
  CHECK_FALSE(trainer.ready());
  growing.append(slice(data.train, 16, 24));
  CHECK(trainer.ready());
  while (trainer.advance()) CHECK(trainer.ready());
  CHECK(trainer.last_epoch()->epoch == 1);
}

TEST_CASE("a loss that is not finite stops training, and the last good weights are kept") {
  const TinyData data;
  const auto net = tiny_net();
  Trainer trainer(net, breaks_at(3), tiny_settings(), data.train, data.test);
  trainer.advance();
  const auto after_first = values(*net);  // step 2 found a finite loss with these
  trainer.advance();
  CHECK_THROWS_WITH(
      trainer.advance(),
      "training: the loss is NaN at step 3 (epoch 1): learning rate 0.1 with momentum 0.5 is probably too "
      "high; try 0.01. The last good weights are kept");
  CHECK(first_difference(values(*net), after_first) == "");
  CHECK(trainer.progress().step == 2);

  // With a lower rate it can go on: nothing of the broken step is left in the momentum.
  for (const Tensor& velocity : trainer.velocities()) CHECK(velocity.numel() == 0);
  trainer.set_sgd({.lr = 0.01, .momentum = 0.5});
  while (trainer.advance()) {
  }
  CHECK(std::isfinite(trainer.last_epoch()->test.loss));
}

TEST_CASE("a loss that is not finite at the first step leaves the initial weights") {
  const TinyData data;
  const auto net = tiny_net();
  const auto initial = values(*net);
  Trainer trainer(net, breaks_at(1, std::numeric_limits<float>::infinity()), tiny_settings(), data.train, data.test);
  CHECK_THROWS_WITH(trainer.advance(), Catch::StartsWith("training: the loss is infinite at step 1 (epoch 1): "));
  CHECK(first_difference(values(*net), initial) == "");
}

TEST_CASE("running statistics go back with the weights, and testing leaves them alone") {
  const TinyData data;
  const auto net = tiny_norm_net();
  const auto state = [&] {
    std::vector<Tensor> found;
    for (const auto& [name, tensor] : net->state_dict()) found.push_back(tensor.clone());
    return found;
  };
  Trainer trainer(net, breaks_at(5), tiny_settings(), data.train, data.test);
  for (int i = 0; i < 3; ++i) trainer.advance();  // an epoch's batches
  CHECK(net->training());
  CHECK(net->bn.num_batches_tracked.item() == 3);
  const auto before = state();
  for (int i = 0; i < 2; ++i) trainer.advance();  // its test
  CHECK_FALSE(net->training());
  CHECK(first_difference(state(), before) == "");
  trainer.advance();
  CHECK(net->training());
  CHECK(net->bn.num_batches_tracked.item() == 4);
  CHECK_THROWS_WITH(trainer.advance(), Catch::StartsWith("training: the loss is NaN at step 5"));
  CHECK(first_difference(state(), before) == "");
}

TEST_CASE("an absurd learning rate ends in that error, not in weights that are not numbers") {
  const TinyData data;
  for (const int64_t max_steps : {0, 1}) {  // 1: the broken weights meet no training batch, only the test
    INFO("max_steps " << max_steps);
    TrainSettings settings = tiny_settings();
    settings.sgd.lr = 1e38;
    settings.max_steps = max_steps;
    const auto net = tiny_net();
    Trainer trainer(net, train_step, settings, data.train, data.test);
    CHECK_THROWS_WITH(
        [&] {
          while (trainer.advance()) {
          }
        }(),
        Catch::Contains("learning rate 1e+38 with momentum 0.5"));
    CHECK(first_difference(values(*net), values(*tiny_net())) == "");
    CHECK(std::isfinite(evaluate(*net, data.test).loss));
  }
}

TEST_CASE("the norms of each parameter and its gradient are those of a step done by hand") {
  const TinyData data;
  TrainSettings settings = tiny_settings();
  settings.norms_every = 4;
  const auto by_hand = tiny_net();
  optim::SGD optimizer(by_hand->parameters(), settings.sgd);
  train_step(*by_hand, optimizer, Loader(data.train, settings.loader).batch(0, 0));
  const auto norm = [](const Tensor& x) { return std::sqrt(xt::sum(xt::square(xt::cast<double>(as_array(x))))()); };

  Trainer trainer(tiny_net(), train_step, settings, data.train, data.test);
  std::vector<NormsEvent> said;
  trainer.on_norms = [&](const NormsEvent& event) { said.push_back(event); };
  while (trainer.advance()) {
  }
  REQUIRE(said.size() == 2);  // of six steps: the first, and the fourth after it
  CHECK((said[0].epoch == 1 && said[0].step == 1));
  CHECK((said[1].epoch == 2 && said[1].step == 5));
  const auto parameters = by_hand->named_parameters();
  REQUIRE(said[0].norms.size() == parameters.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto& [name, parameter] = parameters[i];
    INFO(name);
    CHECK(said[0].norms[i].name == name);
    CHECK(said[0].norms[i].gradient == Approx(norm(parameter.grad())).epsilon(1e-9));
    CHECK(said[0].norms[i].weight == Approx(norm(parameter.value())).epsilon(1e-9));
  }
}

TEST_CASE("a parameter that no gradient reaches has a norm of 0, and nobody is told unasked") {
  const TinyData data;
  const TrainStep idle = [](nn::Module&, optim::SGD&, const Batch&) { return 1.0f; };
  TrainSettings settings = tiny_settings(1);
  int said = 0;
  const auto run = [&] {
    Trainer trainer(tiny_net(), idle, settings, data.train, data.test);
    trainer.on_norms = [&](const NormsEvent& event) {
      for (const auto& norms : event.norms) CHECK((norms.gradient == 0 && norms.weight > 0));
      ++said;
    };
    while (trainer.advance()) {
    }
  };
  run();
  CHECK(said == 0);
  settings.norms_every = 1;
  run();
  CHECK(said == 3);
}

TEST_CASE("the trainer says which setting is wrong") {
  const TinyData data;
  const auto make = [&](auto change) {
    TrainSettings settings = tiny_settings();
    change(settings);
    Trainer(tiny_net(), train_step, settings, data.train, data.test);
  };
  CHECK_THROWS_WITH(make([](auto& s) { s.epochs = 0; }), "training: epochs must be at least 1, got 0");
  CHECK_THROWS_WITH(make([](auto& s) { s.max_steps = -1; }), "training: steps must be at least 0, got -1");
  CHECK_THROWS_WITH(make([](auto& s) { s.log_every = 0; }), "training: log-every must be at least 1, got 0");
  CHECK_THROWS_WITH(make([](auto& s) { s.norms_every = -1; }), "training: norms-every must be at least 0, got -1");
  const Dataset empty = slice(data.test, 0, 0);
  CHECK_THROWS_WITH(Trainer(tiny_net(), train_step, tiny_settings(), data.train, empty),
                    "training: the test set is empty");
}
