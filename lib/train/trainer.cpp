#include "lib/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "lib/tensor/random.hpp"

namespace cnnlab {
namespace {

// What a random generator is for; the loader's purposes are 1 and 2.
constexpr uint64_t dropping = 3;

void copy_state(const nn::Module& model, std::vector<Tensor>& to) {
  const auto from = model.state_dict();
  to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const Tensor& tensor = from[i].second;
    if (to[i].shape() != tensor.shape()) to[i] = Tensor(tensor.shape(), tensor.device());
    to[i].copy_from(tensor);
  }
}

double norm(const Tensor& tensor) {
  const Tensor numbers = tensor.to(nullptr);
  double squares = 0;
  for (const float number : numbers.data()) squares += static_cast<double>(number) * number;
  return std::sqrt(squares);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int64_t correct_answers(const Tensor& output, const Labels& labels) {
  const std::vector<int32_t> answers = argmax_rows(output.to(nullptr));
  int64_t correct = 0;
  for (size_t i = 0; i < answers.size(); ++i) correct += answers[i] == labels[i];
  return correct;
}

// Printed, these depend on the platform ("-nan").
std::string_view in_words(double not_finite) { return std::isnan(not_finite) ? "NaN" : "infinite"; }

}  // namespace

Trainer::Trainer(std::shared_ptr<nn::Module> model, TrainStep step, TrainSettings settings, const Dataset& train,
                 const Dataset& test)
    : model_(std::move(model)),
      step_(std::move(step)),
      settings_(settings),
      test_(test),
      loader_(train, settings.loader),
      optimizer_(model_->parameters(), settings.sgd),
      last_loss_(std::numeric_limits<double>::quiet_NaN()) {
  check(settings.epochs >= 1, "training: epochs must be at least 1, got ", settings.epochs);
  check(settings.max_steps >= 0, "training: steps must be at least 0, got ", settings.max_steps);
  check(settings.log_every >= 1, "training: log-every must be at least 1, got ", settings.log_every);
  check(settings.norms_every >= 0, "training: norms-every must be at least 0, got ", settings.norms_every);
  check(test.size() > 0, "training: the test set is empty");
  if (may_record) replay_ = StepReplay::make(*model_, optimizer_, step_, train);
}

int64_t Trainer::steps_per_epoch() const {
  const int64_t size = settings_.loader.batch_size;
  return progress_.batch + (loader_.total() - progress_.image + size - 1) / size;
}

int64_t Trainer::total_steps() const {
  const int64_t epochs_after = settings_.epochs - progress_.epoch - 1;
  const int64_t steps = progress_.step - progress_.batch + steps_per_epoch() + epochs_after * loader_.batches();
  return settings_.max_steps ? std::min(settings_.max_steps, steps) : steps;
}

// After an epoch; or where max_steps cuts a run short: it tests what it has.
bool Trainer::test_is_due() const {
  return progress_.image == loader_.total() ||
         (progress_.batch > 0 && progress_.step >= total_steps() && !progress_.tested);
}

bool Trainer::finished() const { return progress_.step >= total_steps() && !evaluation_ && !test_is_due(); }

bool Trainer::ready() const { return evaluation_ || finished() || loader_.ready_from(progress_.image); }

bool Trainer::advance() {
  if (finished()) return false;
  if (!evaluation_) {
    train_batch();
    if (test_is_due()) {
      settle();
      begin_test();
    }
  } else if (!evaluation_->advance()) {
    finish_epoch();
  }
  return !finished();
}

void Trainer::begin_test() {
  evaluation_.emplace(*model_, test_);
  evaluation_->on_batch = on_test;
}

void Trainer::train_batch() {
  const auto start = std::chrono::steady_clock::now();
  const bool repeated = replay() && repeat_step();
  if (!repeated) ordinary_step();
  const double seconds = seconds_since(start);
  progress_.epoch_seconds += seconds;
  (repeated ? waiting_.back().seconds : progress_.event_seconds) += seconds;
  if (repeated) {
    if (event_is_due() || waiting_.back().steps == StepRecorder::most_waiting / 2) send(event_is_due());
  } else if (event_is_due()) {
    say_step(progress_.step);
  }
  say_norms_when_due();
}

void Trainer::ordinary_step() {
  settle();
  Batch batch = loader_.batch_from(progress_.epoch, progress_.image);
  const auto images = static_cast<int64_t>(batch.labels.size());
  if (!replay()) batch.images = batch.images.to(model_->device());
  copy_state(*model_, before_);
  prepare_step();
  Listening network(*model_);
  const float loss = replay() ? replay()->train(network, batch, loader_) : step_(network, optimizer_, batch);
  check_loss(loss, progress_.step + 1);
  std::swap(before_, good_);
  move_on(images);
  count(loss, images);
  // A step that asks the network nothing has no answers to count.
  if (network.output.numel() > 0) count_answers(correct_answers(network.output, batch.labels), images);
}

void Trainer::prepare_step() {
  SgdSettings sgd = settings_.sgd;
  sgd.lr *= schedule_factor(settings_.schedule, progress_.step, total_steps());
  optimizer_.set(sgd);
  // What a step draws (Dropout's masks) depends on nothing but the seed and the step, so a resumed run draws the same.
  default_random() = Random{settings_.loader.seed, dropping, static_cast<uint64_t>(progress_.step)};
  model_->train();  // a test, or who drives this, may have left it in eval mode
}

// Whether the device did the step by itself; its loss comes later.
bool Trainer::repeat_step() {
  if (!replay()->can_repeat(loader_, progress_.image)) return false;
  if (!open_) {
    copy_state(*model_, before_);
    waiting_.push_back({.begin = progress_, .before = std::move(before_)});
    before_.clear();
    open_ = true;
  }
  prepare_step();
  if (!replay()->repeat(loader_, progress_.epoch, progress_.image)) {
    // It is the first that would have been repeated, so nothing waits with it.
    waiting_.pop_back();
    open_ = false;
    return false;
  }
  ++waiting_.back().steps;
  move_on(settings_.loader.batch_size);
  return true;
}

// The results of those sent before are here by now, so that nobody waits.
void Trainer::send(bool says_step) {
  while (waiting_.size() > 1) receive();
  waiting_.back().says_step = says_step;
  replay()->send_results();
  open_ = false;
}

void Trainer::receive() {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<StepResult> results = replay()->receive_results();
  const double waited = seconds_since(start);
  Waiting steps = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  progress_.epoch_seconds += waited;
  progress_.event_seconds += steps.seconds + waited;
  const int64_t images = settings_.loader.batch_size;
  for (int64_t i = 0; i < steps.steps; ++i) {
    const StepResult& result = results[static_cast<size_t>(i)];
    if (i == 0) before_ = steps.before;
    if (!std::isfinite(result.loss)) {  // those behind it are worth nothing
      progress_.batch = steps.begin.batch + i;
      progress_.image = steps.begin.image + i * images;
      progress_.step = steps.begin.step + i;
    }
    check_loss(result.loss, steps.begin.step + i + 1);
    if (i == 0) std::swap(before_, good_);
    count(result.loss, images);
    count_answers(result.correct, images);
  }
  if (steps.says_step) say_step(steps.begin.step + steps.steps);
}

void Trainer::settle() {
  if (!replay()) return;
  if (open_) send(false);
  while (!waiting_.empty()) receive();
}

void Trainer::move_on(int64_t images) {
  ++progress_.batch;
  ++progress_.step;
  progress_.image += images;
  progress_.tested = false;
}

void Trainer::count(double loss, int64_t images) {
  last_loss_ = loss;
  progress_.epoch_loss += loss;
  progress_.event_loss += loss;
  ++progress_.event_steps;
  progress_.event_images += images;
}

void Trainer::count_answers(int64_t correct, int64_t images) {
  for (Answers* sum : {&progress_.event_answers, &progress_.epoch_answers}) {
    sum->correct += correct;
    sum->total += images;
  }
}

bool Trainer::event_is_due() const {
  return progress_.batch % settings_.log_every == 0 || progress_.image == loader_.total();
}

// It is the step before this one that broke the weights.
void Trainer::check_loss(double loss, int64_t step) {
  if (std::isfinite(loss)) return;
  give_up(text("the loss is ", in_words(loss), " at step ", step, " (epoch ", progress_.epoch + 1, ")"));
}

void Trainer::give_up(const std::string& what) {
  if (replay() && !waiting_.empty()) {  // steps behind the one that went wrong
    replay()->send_results();
    static_cast<void>(replay()->receive_results());
    waiting_.clear();
    open_ = false;
  }
  const std::vector<Tensor>& restored = good_.empty() ? before_ : good_;
  auto state = model_->state_dict();
  for (size_t i = 0; i < restored.size(); ++i) state[i].second.copy_from(restored[i]);
  optimizer_.set_velocities(std::vector<Tensor>(model_->parameters().size()));  // not finite either
  fail(text("training: ", what, ": learning rate ", settings_.sgd.lr, " with momentum ", settings_.sgd.momentum,
            " is probably too high; try ", settings_.sgd.lr / 10, ". The last good weights are kept"));
}

void Trainer::say_step(int64_t step) {
  if (on_step) {
    on_step({.epoch = progress_.epoch + 1,
             .step = step,
             .steps_per_epoch = steps_per_epoch(),
             .loss = progress_.event_loss / static_cast<double>(progress_.event_steps),
             .images_per_second = static_cast<double>(progress_.event_images) / progress_.event_seconds,
             .train = progress_.event_answers});
  }
  progress_.event_loss = progress_.event_seconds = 0;
  progress_.event_steps = progress_.event_images = 0;
  progress_.event_answers = {};
}

void Trainer::say_norms_when_due() {
  if (!on_norms || settings_.norms_every == 0 || (progress_.step - 1) % settings_.norms_every != 0) return;
  settle();  // they wait for the device anyway, and so events come in order
  NormsEvent event{.epoch = progress_.epoch + 1, .step = progress_.step, .norms = {}};
  for (const auto& [name, parameter] : model_->named_parameters()) {
    event.norms.push_back({.name = name,
                           .gradient = parameter.has_grad() ? norm(parameter.grad()) : 0,
                           .weight = norm(parameter.value())});
  }
  on_norms(event);
}

void Trainer::finish_epoch() {
  const Score score = evaluation_->score();
  evaluation_.reset();
  if (!std::isfinite(score.loss)) {
    begin_test();  // of the weights that are restored
    give_up(text("the loss on the test set is ", in_words(score.loss), " after step ", progress_.step, " (epoch ",
                 progress_.epoch + 1, ")"));
  }
  last_epoch_ = EpochEvent{.epoch = progress_.epoch + 1,
                           .train_loss = progress_.epoch_loss / static_cast<double>(progress_.batch),
                           .train_seconds = progress_.epoch_seconds,
                           .train = progress_.epoch_answers,
                           .test = score};
  if (progress_.image == loader_.total()) {
    ++progress_.epoch;
    progress_.batch = progress_.image = 0;
    progress_.epoch_loss = progress_.epoch_seconds = 0;
    progress_.epoch_answers = {};
  } else {
    progress_.tested = true;
  }
  if (on_epoch) on_epoch(*last_epoch_);
}

void Trainer::set_sgd(SgdSettings settings) {
  settle();
  optimizer_.set(settings);  // checks them
  settings_.sgd = settings;
}

void Trainer::set_batch_size(int64_t size) {
  settle();
  loader_.set_batch_size(size);  // checks it
  settings_.loader.batch_size = size;
}

void Trainer::set_epochs(int64_t epochs) {
  check(epochs >= 1, "training: epochs must be at least 1, got ", epochs);
  settings_.epochs = epochs;
  if (test_is_due() && !evaluation_) begin_test();
}

void Trainer::resume(TrainProgress progress, std::vector<Tensor> velocities) {
  check(progress.epoch >= 0 && progress.step >= progress.batch && progress.batch >= 0 &&
            progress.image >= progress.batch && progress.image <= loader_.total() &&
            (progress.batch == 0) == (progress.image == 0),
        "resume: there is no place after ", progress.batch, " batches with ", progress.image, " images in epoch ",
        progress.epoch + 1, ": an epoch has ", loader_.total(), " images");
  settle();
  optimizer_.set_velocities(std::move(velocities));
  progress_ = progress;
  evaluation_.reset();
  if (test_is_due()) begin_test();
}

}  // namespace cnnlab
