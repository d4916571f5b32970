#include "web/wasm/training_run.hpp"

#include <chrono>

#include "lessons/cost.hpp"
#include "lessons/training.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/tensor/random.hpp"
#include "web/wasm/training_events.hpp"

namespace cnnlab {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr int64_t image_size = 28 * 28;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// JSON's own errors name positions in a text that nobody sees; these say what was wrong.
json parse_settings(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  check(parsed.is_object(), "training settings: not a JSON object: ", text.substr(0, 80));
  return parsed;
}

void check_batch(int64_t size) {
  check(size >= 1 && size <= 4096, "training: a batch has 1 to 4096 images, got ", size);
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
  check_batch(s.train.loader.batch_size);
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
    const Lesson& lesson = find_lesson(json.value("lesson", ""));
    const NetworkName network{lesson.id, lesson.complete(json.value("options", LessonOptions{})), lesson.input};
    const Settings settings = settings_from(json);
    const std::string data = json.value("data", "mnist");
    manual_seed(settings.train.loader.seed);
    std::shared_ptr<nn::Module> model = lesson.make(network.options);

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
  resume_ = {};
  start_ = {};
  now_tested_ = tested_ = {};
  error_.clear();
  images_per_second_ = 0;
}

void TrainingRun::resume(ByteSpan checkpoint, const std::string& name) {
  expect_network();
  check(trainer_ == nullptr, "training: a run that has begun cannot become another one");
  StateFile file = parse_safetensors(checkpoint, name);
  const CheckpointInfo info = read_checkpoint(file, name);
  load_weights(*model_, file, network_, name);
  settings_.train = info.settings;
  settings_.train.loader.total = settings_.train_total;
  start_ = info.progress;
  resume_ = std::move(file);
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
    trainer_->on_step = [this](const StepEvent& event) { events_.push_back(event_json(event)); };
    trainer_->on_epoch = [this](const EpochEvent& event) {
      events_.push_back(event_json(event, trainer_->progress().step));
      tested_ = std::exchange(now_tested_, {});
    };
    trainer_->on_norms = [this](const NormsEvent& event) { events_.push_back(event_json(event)); };
    trainer_->on_test = [this](const Batch& batch, const Tensor& output) { now_tested_.add(batch, output); };
    if (!resume_.tensors.empty()) resume_from(*trainer_, std::exchange(resume_, {}), "checkpoint");
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
  const int64_t seen_before = images_seen();
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
  measure(images_seen() - seen_before, training_seconds);
}

const TrainProgress& TrainingRun::progress() const { return trainer_ ? trainer_->progress() : start_; }

int64_t TrainingRun::images_seen() const { return progress().epoch * settings_.train_total + progress().image; }

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
  const TrainProgress& progress = this->progress();
  const int64_t batch = settings_.train.loader.batch_size;
  ordered_json json{
      {"state", state_ == State::training && testing_ ? "testing" : names.at(state_)},
      {"epoch", std::min(progress.epoch + 1, settings_.train.epochs)},
      {"step", progress.step},
      {"steps_per_epoch", trainer_ ? trainer_->steps_per_epoch() : (settings_.train_total + batch - 1) / batch},
      {"images_left", std::max(settings_.train.epochs * settings_.train_total - images_seen(), int64_t{0})},
      {"epochs", settings_.train.epochs},
      {"loss", nullptr},
      {"images_per_second", images_per_second_},
      {"threads", threads()},
      {"events", events_}};
  if (trainer_ && std::isfinite(trainer_->last_loss())) json["loss"] = trainer_->last_loss();
  if (state_ == State::failed) json["error"] = error_;
  return json.dump();
}

std::string TrainingRun::test(int64_t limit) {
  expect_network();
  check(test_.size() > 0, "test: no test images are loaded yet");
  check(limit >= 1, "test: at least 1 image is needed, not ", limit);
  const int64_t count = std::min(limit, test_.size());
  Dataset first{.name = "test", .height = 28, .width = 28};
  if (count < test_.size()) {
    first.images.assign(test_.images.begin(), test_.images.begin() + count * image_size);
    first.labels.assign(test_.labels.begin(), test_.labels.begin() + count);
  }
  AnswerSheet sheet;
  Evaluation evaluation(*model_, count < test_.size() ? first : test_);
  evaluation.on_batch = [&](const Batch& batch, const Tensor& output) { sheet.add(batch, output); };
  while (evaluation.advance()) {
  }
  tested_ = std::move(sheet);
  const Score score = evaluation.score();
  return ordered_json{{"loss", score.loss}, {"correct", score.correct}, {"total", score.total}}.dump();
}

void TrainingRun::set(std::string_view text) {
  expect_network();
  const json json = parse_settings(text);
  try {
    SgdSettings sgd = settings_.train.sgd;
    sgd.lr = json.value("lr", sgd.lr);
    sgd.momentum = json.value("momentum", sgd.momentum);
    const int64_t batch = json.value("batch", settings_.train.loader.batch_size);
    const int64_t epochs = json.value("epochs", settings_.train.epochs);
    const optim::SGD checked({}, sgd);
    check_batch(batch);
    check(epochs >= 1, "training: epochs must be at least 1, got ", epochs);
    settings_.train.sgd = sgd;
    settings_.train.loader.batch_size = batch;
    settings_.train.epochs = epochs;
  } catch (const nlohmann::json::exception& error) {
    fail(std::string("training settings: ") + error.what());
  }
  if (!trainer_) return;
  trainer_->set_sgd(settings_.train.sgd);
  trainer_->set_batch_size(settings_.train.loader.batch_size);
  trainer_->set_epochs(settings_.train.epochs);
  if (state_ == State::finished && !trainer_->finished()) state_ = State::training;
}

void TrainingRun::load(ByteSpan weights, const std::string& name) {
  expect_network();
  load_weights(*model_, parse_safetensors(weights, name), network_, name);
}

Bytes TrainingRun::checkpoint() const {
  expect_network();
  check(trainer_ != nullptr, "training: there is nothing to keep before the first batch");
  return write_safetensors(cnnlab::checkpoint(*trainer_, network_));
}

Bytes TrainingRun::weights() const {
  expect_network();
  return write_safetensors(weights_file(*model_, network_));
}

std::string TrainingRun::cost() const {
  expect_network();
  const Lesson& lesson = find_lesson(network_.lesson);
  const auto build = [&] { return lesson.make(network_.options); };
  const Random before = default_random();  // the run goes on drawing as if nobody had asked
  const NetworkCost cost = cost_of(*build(), lesson.input);
  default_random() = before;
  const int64_t memory = training_memory(build, lesson.input, settings_.train.loader.batch_size, settings_.train.sgd);
  return ordered_json{{"parameters", cost.parameters}, {"multiply_adds", cost.multiply_adds}, {"memory", memory}}
      .dump();
}

}  // namespace cnnlab
