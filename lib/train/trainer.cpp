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

// Passes all on to a network, and keeps what it answered last.
struct Listening : nn::Module {
  explicit Listening(nn::Module& heard) : network(heard) {}
  Variable forward(Variable x) override {
    Variable answer = network(std::move(x));
    output = answer.value();
    return answer;
  }
  nn::Module& network;
  Tensor output;
};

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
    if (test_is_due()) begin_test();
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
  SgdSettings sgd = settings_.sgd;
  sgd.lr *= schedule_factor(settings_.schedule, progress_.step, total_steps());
  optimizer_.set(sgd);
  Batch batch = loader_.batch_from(progress_.epoch, progress_.image);
  batch.images = batch.images.to(model_->device());
  copy_state(*model_, before_);
  // What a step draws (Dropout's masks) depends on nothing but the seed and the step, so a resumed run draws the same.
  default_random() = Random{settings_.loader.seed, dropping, static_cast<uint64_t>(progress_.step)};
  model_->train();  // a test, or who drives this, may have left it in eval mode
  Listening network(*model_);
  const float loss = step_(network, optimizer_, batch);
  if (!std::isfinite(loss)) {  // it is the step before this one that broke the weights
    give_up(
        text("the loss is ", in_words(loss), " at step ", progress_.step + 1, " (epoch ", progress_.epoch + 1, ")"));
  }
  std::swap(before_, good_);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  count(batch, loss, seconds, network.output);
  const bool last = progress_.image == loader_.total();
  if (progress_.batch % settings_.log_every == 0 || last) say_step();
  if (settings_.norms_every > 0 && (progress_.step - 1) % settings_.norms_every == 0) say_norms();
}

// A step that asks the network nothing (it may hold the whole step as a graph) has no answers to count.
void Trainer::count(const Batch& batch, double loss, double seconds, const Tensor& output) {
  const auto images = static_cast<int64_t>(batch.labels.size());
  last_loss_ = loss;
  ++progress_.batch;
  ++progress_.step;
  progress_.tested = false;
  progress_.epoch_loss += loss;
  progress_.epoch_seconds += seconds;
  progress_.event_loss += loss;
  progress_.event_seconds += seconds;
  ++progress_.event_steps;
  progress_.event_images += images;
  progress_.image += images;
  if (output.numel() == 0) return;
  const std::vector<int32_t> answers = argmax_rows(output.to(nullptr));
  int64_t correct = 0;
  for (size_t i = 0; i < answers.size(); ++i) correct += answers[i] == batch.labels[i];
  for (Answers* sum : {&progress_.event_answers, &progress_.epoch_answers}) {
    sum->correct += correct;
    sum->total += images;
  }
}

void Trainer::give_up(const std::string& what) {
  const std::vector<Tensor>& restored = good_.empty() ? before_ : good_;
  auto state = model_->state_dict();
  for (size_t i = 0; i < restored.size(); ++i) state[i].second.copy_from(restored[i]);
  optimizer_.set_velocities(std::vector<Tensor>(model_->parameters().size()));  // not finite either
  fail(text("training: ", what, ": learning rate ", settings_.sgd.lr, " with momentum ", settings_.sgd.momentum,
            " is probably too high; try ", settings_.sgd.lr / 10, ". The last good weights are kept"));
}

void Trainer::say_step() {
  if (on_step) {
    on_step({.epoch = progress_.epoch + 1,
             .step = progress_.step,
             .steps_per_epoch = steps_per_epoch(),
             .loss = progress_.event_loss / static_cast<double>(progress_.event_steps),
             .images_per_second = static_cast<double>(progress_.event_images) / progress_.event_seconds,
             .train = progress_.event_answers});
  }
  progress_.event_loss = progress_.event_seconds = 0;
  progress_.event_steps = progress_.event_images = 0;
  progress_.event_answers = {};
}

void Trainer::say_norms() const {
  if (!on_norms) return;
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
  optimizer_.set(settings);  // checks them
  settings_.sgd = settings;
}

void Trainer::set_batch_size(int64_t size) {
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
  optimizer_.set_velocities(std::move(velocities));
  progress_ = progress;
  evaluation_.reset();
  if (test_is_due()) begin_test();
}

}  // namespace cnnlab
