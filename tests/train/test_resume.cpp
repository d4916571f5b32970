#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lib/train/checkpoint.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

const NetworkName name{.lesson = "tiny", .options = {{"depth", 3}}};

// All that a run leaves behind, as a checkpoint's bytes without the clock's readings.
Bytes timeless(Trainer& trainer) {
  StateFile file = checkpoint(trainer, name);
  json progress = json::parse(file.metadata.at("progress"));
  progress.erase("epoch_seconds");
  progress.erase("event_seconds");
  file.metadata["progress"] = progress.dump();
  return write_safetensors(file);
}

// What is heard of a run from some point on.
struct Heard {
  std::vector<double> numbers;
  void listen(Trainer& trainer) {
    trainer.on_step = [this](const StepEvent& e) {
      numbers.insert(numbers.end(), {static_cast<double>(e.step), e.loss, static_cast<double>(e.train.correct),
                                     static_cast<double>(e.train.total)});
    };
    trainer.on_epoch = [this](const EpochEvent& e) {
      numbers.insert(numbers.end(),
                     {static_cast<double>(e.epoch), e.train_loss, static_cast<double>(e.train.correct), e.test.loss,
                      static_cast<double>(e.test.correct), static_cast<double>(e.test.total)});
    };
  }
};

TrainSettings full_settings(int64_t max_steps) {
  TrainSettings settings = tiny_settings();
  settings.sgd = {.lr = 0.05, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true};
  settings.schedule = Schedule::cosine;
  settings.loader.augment = AugmentOptions{};
  settings.log_every = 2;
  settings.max_steps = max_steps;
  return settings;
}

}  // namespace

TEST_CASE("a run that is resumed at any point goes on bit for bit") {
  const TinyData data;
  const int64_t max_steps = GENERATE(0, 5);  // whole epochs; cut short within the second
  Trainer whole(tiny_norm_net(), train_step, full_settings(max_steps), data.train, data.test);
  Heard all;
  all.listen(whole);
  std::vector<Bytes> stops{write_safetensors(checkpoint(whole, name))};
  std::vector<size_t> heard_until{0};
  while (!whole.finished()) {
    whole.advance();
    stops.push_back(write_safetensors(checkpoint(whole, name)));
    heard_until.push_back(all.numbers.size());
  }
  REQUIRE(stops.size() == (max_steps ? 10 : 11));
  const Bytes expected = timeless(whole);

  for (size_t stop = 0; stop < stops.size(); ++stop) {
    INFO("stopped after " << stop << " advances");
    const StateFile file = parse_safetensors(stops[stop], "c");
    Trainer resumed(tiny_norm_net(77), train_step, read_checkpoint(file, "c").settings, data.train, data.test);
    resume_from(resumed, file, "c");
    Heard rest;
    rest.listen(resumed);
    CHECK(resumed.finished() == (stop + 1 == stops.size()));
    while (resumed.advance()) {
    }
    CHECK(timeless(resumed) == expected);
    CHECK(rest.numbers == std::vector<double>(all.numbers.begin() + heard_until[stop], all.numbers.end()));
  }
}
