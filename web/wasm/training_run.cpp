#include "web/wasm/training_run.hpp"

#include <chrono>

#include "lessons/lesson.hpp"
#include "lessons/training.hpp"
#include "lib/kernels/parallel.hpp"

namespace cnnlab {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr int64_t image_size = 28 * 28;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

ordered_json step_event(const StepEvent& event) {
  return {{"event", "step"},
          {"epoch", event.epoch},
          {"step", event.step},
          {"loss", event.loss},
          {"images_per_second", event.images_per_second}};
}

ordered_json epoch_event(const EpochEvent& event, int64_t step) {
  return {{"event", "epoch"},
          {"epoch", event.epoch},
          {"step", step},
          {"train_loss", event.train_loss},
          {"train_seconds", event.train_seconds},
          {"test_loss", event.test.loss},
          {"test_correct", event.test.correct},
          {"test_total", event.test.total}};
}

ordered_json norms_event(const NormsEvent& event) {
  ordered_json norms = ordered_json::array();
  for (const auto& [name, gradient, weight] : event.norms)
    norms.push_back({{"name", name}, {"gradient", gradient}, {"weight", weight}});
  return {{"event", "norms"}, {"epoch", event.epoch}, {"step", event.step}, {"norms", std::move(norms)}};
}

// JSON's own errors name positions in a text that nobody sees; these say what was wrong.
json parse_settings(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  check(parsed.is_object(), "training settings: not a JSON object: ", text.substr(0, 80));
  return parsed;
}

}  // namespace

TrainingRun::Settings TrainingRun::settings_from(const json& json) {
  Settings s;
  s.train.sgd.lr = json.value("lr", 0.01);
  s.train.sgd.momentum = json.value("momentum", 0.5);
  s.train.loader.batch_size = json.value("batch", int64_t{64});
  s.train.loader.seed = json.value("seed", uint64_t{1});
  s.train.loader.window = json.value("window", int64_t{10000});
  s.train.loader.total = s.train_total = json.value("total", int64_t{60000});
  s.test_total = json.value("test_total", int64_t{10000});
  s.train.epochs = json.value("epochs", int64_t{9});
  s.train.log_every = json.value("log_every", int64_t{10});
  s.train.norms_every = json.value("norms_every", int64_t{0});
  if (json.value("augment", false)) s.train.loader.augment.emplace();
  const optim::SGD checked({}, s.train.sgd);  // throws for what SGD cannot do
  check(s.train.loader.batch_size >= 1 && s.train.loader.batch_size <= 4096,
        "training: a batch has 1 to 4096 images, got ", s.train.loader.batch_size);
  check(s.train_total >= 1 && s.train_total <= 1000000 && s.test_total >= 1 && s.test_total <= 1000000,
        "training: a data set has 1 to 1,000,000 images, got ", s.train_total, " and ", s.test_total);
  check(s.train.epochs >= 1 && s.train.log_every >= 1 && s.train.loader.window >= 0, "training: epochs ",
        s.train.epochs, " and log_every ", s.train.log_every, " must be at least 1, window ", s.train.loader.window,
        " at least 0");
  check(s.train.norms_every >= 0, "training: norms_every must be at least 0, got ", s.train.norms_every);
  return s;
}

void TrainingRun::create(std::string_view text) {
  const json json = parse_settings(text);
  try {
    const NetworkName network{json.value("lesson", ""), json.value("options", LessonOptions{})};
    const Settings settings = settings_from(json);
    const std::string data = json.value("data", "mnist");
    manual_seed(settings.train.loader.seed);
    std::shared_ptr<nn::Module> model = find_lesson(network.lesson).make(network.options);

    trainer_.reset();  // before the data that it looks at
    if (data != data_name_ || settings.train_total != settings_.train_total) {
      train_ = {.name = "train", .height = 28, .width = 28};
      test_ = {.name = "test", .height = 28, .width = 28};
      train_.reserve(settings.train_total);
      test_.reserve(settings.test_total);
      data_name_ = data;
    }
    network_ = network;
    settings_ = settings;
    model_ = std::move(model);
  } catch (const nlohmann::json::exception& error) {
    fail(std::string("training settings: ") + error.what());
  }
  state_ = State::waiting;
  testing_ = false;
  error_.clear();
  images_per_second_ = 0;
}

void TrainingRun::expect_network() const { check(model_ != nullptr, "training: no run was begun"); }

void TrainingRun::add_data(bool test, const uint8_t* images, const uint8_t* labels, int64_t count) {
  expect_network();
  Dataset& data = test ? test_ : train_;
  const int64_t planned = test ? settings_.test_total : settings_.train_total;
  check(count >= 1 && data.size() + count <= planned, "training data: ", count, " more images after ", data.size(),
        " are more than the ", planned, " that were announced");
  Dataset piece{.name = data.name, .height = 28, .width = 28};
  piece.images.assign(images, images + count * image_size);
  piece.labels.assign(labels, labels + count);
  data.append(piece);
}

Trainer& TrainingRun::trainer() {
  if (!trainer_) {
    trainer_ = std::make_unique<Trainer>(model_, train_step, settings_.train, train_, test_);
    trainer_->on_step = [this](const StepEvent& event) { events_.push_back(step_event(event)); };
    trainer_->on_epoch = [this](const EpochEvent& event) {
      events_.push_back(epoch_event(event, trainer_->progress().step));
    };
    trainer_->on_norms = [this](const NormsEvent& event) { events_.push_back(norms_event(event)); };
  }
  return *trainer_;
}

// The last batch of an epoch is followed by the test: it waits until all test images are there.
bool TrainingRun::ready() {
  if (test_.size() == 0 || train_.size() == 0) return false;
  const Trainer& t = trainer();
  const bool last = !t.testing() && t.progress().batch + 1 >= t.steps_per_epoch();
  return t.ready() && !(last && test_.size() < settings_.test_total);
}

std::string TrainingRun::advance(double milliseconds) {
  expect_network();
  events_ = ordered_json::array();
  if (state_ == State::training || state_ == State::waiting) {
    try {
      work(milliseconds);
    } catch (const std::exception& error) {
      state_ = State::failed;
      error_ = error.what();
    }
  }
  return report();
}

void TrainingRun::work(double milliseconds) {
  const auto start = Clock::now();
  const auto step_before = trainer_ ? trainer_->progress().step : 0;
  double training_seconds = 0;
  do {
    if (!ready()) {
      state_ = State::waiting;
      break;
    }
    const auto began = Clock::now();
    testing_ = trainer().testing();
    const bool more = trainer().advance();
    if (!testing_) training_seconds += seconds_since(began);
    state_ = more ? State::training : State::finished;
  } while (state_ == State::training && 1000 * seconds_since(start) < milliseconds);
  if (trainer_)
    measure((trainer_->progress().step - step_before) * settings_.train.loader.batch_size, training_seconds);
}

// Smoothed over about a second of training.
void TrainingRun::measure(int64_t images, double seconds) {
  if (images == 0 || seconds <= 0) return;
  const double now = static_cast<double>(images) / seconds, share = std::min(seconds, 1.0);
  images_per_second_ = images_per_second_ == 0 ? now : images_per_second_ * (1 - share) + now * share;
}

std::string TrainingRun::report() const {
  static const std::map<State, const char*> names{{State::training, "training"},
                                                  {State::waiting, "waiting"},
                                                  {State::finished, "finished"},
                                                  {State::failed, "failed"}};
  const TrainProgress progress = trainer_ ? trainer_->progress() : TrainProgress{};
  const int64_t batch = settings_.train.loader.batch_size;
  ordered_json json{{"state", state_ == State::training && testing_ ? "testing" : names.at(state_)},
                    {"epoch", std::min(progress.epoch + 1, settings_.train.epochs)},
                    {"step", progress.step},
                    {"steps_per_epoch", (settings_.train_total + batch - 1) / batch},
                    {"epochs", settings_.train.epochs},
                    {"loss", nullptr},
                    {"images_per_second", images_per_second_},
                    {"threads", threads()},
                    {"events", events_}};
  if (trainer_ && progress.step > 0) json["loss"] = trainer_->last_loss();
  if (state_ == State::failed) json["error"] = error_;
  return json.dump();
}

std::string TrainingRun::test(int64_t limit) {
  expect_network();
  check(test_.size() > 0, "test: no test images are loaded yet");
  check(limit >= 1, "test: at least 1 image is needed, not ", limit);
  const int64_t count = std::min(limit, test_.size());
  Dataset first{.name = "test", .height = 28, .width = 28};
  first.images.assign(test_.images.begin(), test_.images.begin() + count * image_size);
  first.labels.assign(test_.labels.begin(), test_.labels.begin() + count);
  const Score score = evaluate(*model_, first);
  return ordered_json{{"loss", score.loss}, {"correct", score.correct}, {"total", score.total}}.dump();
}

void TrainingRun::set_sgd(double lr, double momentum) {
  expect_network();
  SgdSettings sgd = settings_.train.sgd;
  sgd.lr = lr;
  sgd.momentum = momentum;
  if (trainer_) {
    trainer_->set_sgd(sgd);
  } else {
    const optim::SGD checked({}, sgd);
  }
  settings_.train.sgd = sgd;
}

void TrainingRun::load(ByteSpan weights, const std::string& name) {
  expect_network();
  load_weights(*model_, parse_safetensors(weights, name), network_, name);
}

Bytes TrainingRun::weights() const {
  expect_network();
  return write_safetensors(weights_file(*model_, network_));
}

}  // namespace cnnlab
