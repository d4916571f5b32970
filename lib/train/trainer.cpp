#include "lib/train/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace cnnlab {
namespace {

void copy_state(const nn::Module& model, std::vector<Tensor>& to) {
  const auto from = model.state_dict();
  to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    if (to[i].shape() != from[i].second.shape()) to[i] = Tensor(from[i].second.shape());
    to[i].copy_from(from[i].second);
  }
}

double norm(std::span<const float> numbers) {
  double squares = 0;
  for (const float number : numbers) squares += static_cast<double>(number) * number;
  return std::sqrt(squares);
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
}

int64_t Trainer::total_steps() const {
  const int64_t steps = settings_.epochs * steps_per_epoch();
  return settings_.max_steps ? std::min(settings_.max_steps, steps) : steps;
}

// After an epoch; or where max_steps cuts a run short: it tests what it has.
bool Trainer::test_is_due() const {
  return progress_.batch == steps_per_epoch() ||
         (progress_.batch > 0 && progress_.step >= total_steps() && !progress_.tested);
}

bool Trainer::finished() const { return progress_.step >= total_steps() && !evaluation_ && !test_is_due(); }

bool Trainer::ready() const { return evaluation_ || finished() || loader_.ready(progress_.batch); }

bool Trainer::advance() {
  if (finished()) return false;
  if (!evaluation_) {
    train_batch();
    if (test_is_due()) evaluation_.emplace(*model_, test_);
  } else if (!evaluation_->advance()) {
    finish_epoch();
  }
  return !finished();
}

void Trainer::train_batch() {
  const auto start = std::chrono::steady_clock::now();
  SgdSettings sgd = settings_.sgd;
  sgd.lr *= schedule_factor(settings_.schedule, progress_.step, total_steps());
  optimizer_.set(sgd);
  const Batch batch = loader_.batch(progress_.epoch, progress_.batch);
  copy_state(*model_, before_);
  model_->train();  // a test, or who drives this, may have left it in eval mode
  const float loss = step_(*model_, optimizer_, batch);
  if (!std::isfinite(loss))  // it is the step before this one that broke the weights
    give_up(
        text("the loss is ", in_words(loss), " at step ", progress_.step + 1, " (epoch ", progress_.epoch + 1, ")"));
  std::swap(before_, good_);

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  last_loss_ = loss;
  ++progress_.batch;
  ++progress_.step;
  progress_.tested = false;
  progress_.epoch_loss += loss;
  progress_.epoch_seconds += seconds;
  progress_.event_loss += loss;
  progress_.event_seconds += seconds;
  ++progress_.event_steps;
  progress_.event_images += static_cast<int64_t>(batch.labels.size());
  if (progress_.batch % settings_.log_every == 0 || progress_.batch == steps_per_epoch()) say_step();
  if (settings_.norms_every > 0 && (progress_.step - 1) % settings_.norms_every == 0) say_norms();
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
             .images_per_second = static_cast<double>(progress_.event_images) / progress_.event_seconds});
  }
  progress_.event_loss = progress_.event_seconds = 0;
  progress_.event_steps = progress_.event_images = 0;
}

void Trainer::say_norms() const {
  if (!on_norms) return;
  NormsEvent event{.epoch = progress_.epoch + 1, .step = progress_.step, .norms = {}};
  for (const auto& [name, parameter] : model_->named_parameters())
    event.norms.push_back({.name = name,
                           .gradient = parameter.has_grad() ? norm(parameter.grad().data()) : 0,
                           .weight = norm(parameter.value().data())});
  on_norms(event);
}

void Trainer::finish_epoch() {
  const Score score = evaluation_->score();
  evaluation_.reset();
  if (!std::isfinite(score.loss)) {
    evaluation_.emplace(*model_, test_);  // of the weights that are restored
    give_up(text("the loss on the test set is ", in_words(score.loss), " after step ", progress_.step, " (epoch ",
                 progress_.epoch + 1, ")"));
  }
  last_epoch_ = EpochEvent{.epoch = progress_.epoch + 1,
                           .train_loss = progress_.epoch_loss / static_cast<double>(progress_.batch),
                           .train_seconds = progress_.epoch_seconds,
                           .test = score};
  if (progress_.batch == steps_per_epoch()) {
    ++progress_.epoch;
    progress_.batch = 0;
    progress_.epoch_loss = progress_.epoch_seconds = 0;
  } else {
    progress_.tested = true;
  }
  if (on_epoch) on_epoch(*last_epoch_);
}

void Trainer::set_sgd(SgdSettings settings) {
  optimizer_.set(settings);  // checks them
  settings_.sgd = settings;
}

void Trainer::resume(TrainProgress progress, std::vector<Tensor> velocities) {
  check(progress.batch >= 0 && progress.batch <= steps_per_epoch() && progress.epoch >= 0 && progress.step >= 0,
        "resume: batch ", progress.batch, " of epoch ", progress.epoch + 1, " does not exist: an epoch has ",
        steps_per_epoch(), " batches");
  optimizer_.set_velocities(std::move(velocities));
  progress_ = progress;
  evaluation_.reset();
  if (test_is_due()) evaluation_.emplace(*model_, test_);
}

}  // namespace cnnlab
