#include "lib/train/race.hpp"

#include "lib/tensor/random.hpp"

namespace cnnlab {

Race::Race(const std::vector<Build>& runners, const TrainStep& step, const TrainSettings& settings,
           const Dataset& train, const Dataset& test) {
  check(!runners.empty(), "race: it needs at least one network");
  for (const Build& build : runners) {
    manual_seed(settings.loader.seed);  // for each anew: its weights must not depend on who else is in the race
    auto trainer = std::make_unique<Trainer>(build(), step, settings, train, test);
    const size_t index = runners_.size();
    const auto pass_on = [index](const auto& listener) {
      return [index, &listener](const auto& event) {
        if (listener) listener(index, event);
      };
    };
    trainer->on_step = pass_on(on_step);
    trainer->on_epoch = pass_on(on_epoch);
    if (settings.norms_every > 0) trainer->on_norms = pass_on(on_norms);
    runners_.push_back({.trainer = std::move(trainer)});
  }
}

// All runners do the same pieces in the same order, so who has done fewer is behind.
std::optional<size_t> Race::next() const {
  std::optional<size_t> last;
  for (size_t i = 0; i < runners_.size(); ++i) {
    const bool runs = runners_[i].why_out.empty() && !runners_[i].trainer->finished();
    if (runs && (!last || runners_[i].pieces < runners_[*last].pieces)) last = i;
  }
  return last;
}

bool Race::ready() const {
  const auto runner = next();
  return !runner || runners_[*runner].trainer->ready();
}

bool Race::advance() {
  const auto index = next();
  if (!index) return false;
  Runner& runner = runners_[*index];
  ++runner.pieces;
  try {
    runner.trainer->advance();
  } catch (const Error& error) {
    runner.why_out = error.what();
    if (on_drop_out) on_drop_out(*index, runner.why_out);
  }
  return !finished();
}

}  // namespace cnnlab
