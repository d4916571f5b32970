#include "native/train/report.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <nlohmann/json.hpp>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "native/cli/format.hpp"

namespace cnnlab {
namespace {

using nlohmann::ordered_json;

const std::string erase_line = "\r\033[K";

ordered_json about(const char* event, const std::string& net) {
  return net.empty() ? ordered_json{{"event", event}} : ordered_json{{"event", event}, {"net", net}};
}

}  // namespace

std::string percent(int64_t part, int64_t whole) {
  return fixed(100.0 * static_cast<double>(part) / static_cast<double>(std::max<int64_t>(whole, 1)), 0) + "%";
}

std::string bar(double done, int columns, bool unicode) {
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int filled = static_cast<int>(done * columns * 8);
  std::string out;
  for (int i = 0; i < filled / 8; ++i) out += unicode ? "█" : "#";
  if (unicode) out += eighths[filled % 8];
  return out + std::string(columns - width(out), ' ');
}

std::string test_line(const Score& score) {
  return text("Test set: Average loss: ", fixed(score.loss, 4), ", Accuracy: ", score.correct, "/", score.total, " (",
              percent(score.correct, score.total), ")");
}

std::string settings_line(const TrainSettings& s, const Device* device) {
  const std::string processor = text(backend<float>().name, ", ", threads(), threads() == 1 ? " thread" : " threads");
  return text("Batches of ", s.loader.batch_size, ", learning rate ", s.sgd.lr, ", momentum ", s.sgd.momentum,
              s.loader.augment || s.loader.crop ? ", augmented" : "", ", seed ", s.loader.seed, "; ",
              device ? device->name() : processor);
}

JsonLog::JsonLog(const std::string& path, bool append) : path_(path) {
  if (path.empty()) return;
  file_.open(path, append ? std::ios::app : std::ios::trunc);
  check(file_.is_open(), path, ": the log cannot be written");
}

void JsonLog::write(const std::string& line) {
  if (path_.empty()) return;
  file_ << line << std::endl;
  check(file_.good(), path_, ": the log cannot be written any more (is the disk full?)");
}

void JsonLog::step(const StepEvent& event, const std::string& net) {
  ordered_json line = about("step", net);
  line.update({{"epoch", event.epoch},
               {"step", event.step},
               {"loss", event.loss},
               {"images_per_second", event.images_per_second}});
  write(line.dump());
}

void JsonLog::epoch(const EpochEvent& event, const std::string& net) {
  ordered_json line = about("epoch", net);
  line.update({{"epoch", event.epoch},
               {"train_loss", event.train_loss},
               {"train_seconds", event.train_seconds},
               {"test_loss", event.test.loss},
               {"test_correct", event.test.correct},
               {"test_total", event.test.total}});
  write(line.dump());
}

void JsonLog::norms(const NormsEvent& event, const std::string& net) {
  ordered_json line = about("norms", net);
  line.update({{"epoch", event.epoch}, {"step", event.step}, {"norms", ordered_json::array()}});
  for (const auto& [name, gradient, weight] : event.norms)
    line["norms"].push_back({{"name", name}, {"gradient", gradient}, {"weight", weight}});
  write(line.dump());
}

void JsonLog::drop_out(const std::string& why, const std::string& net) {
  ordered_json line = about("drop_out", net);
  line["why"] = why;
  write(line.dump());
}

void JsonLog::race(const RaceStart& race) {
  ordered_json line = about("race", "");
  line.update({{"command", race.command},
               {"data", race.data},
               {"train_images", race.train_images},
               {"test_images", race.test_images},
               {"batch", race.settings.loader.batch_size},
               {"seed", race.settings.loader.seed},
               {"simd", race.device ? race.device->name() : backend<float>().name},
               {"threads", threads()},
               {"nets", ordered_json::array()}});
  for (const auto& [contestant, cost, memory] : race.nets)
    line["nets"].push_back({{"net", contestant.name},
                            {"lesson", contestant.lesson->id},
                            {"options", contestant.options},
                            {"title_en", contestant.title_en},
                            {"title_ko", contestant.title_ko},
                            {"parameters", cost.parameters},
                            {"multiply_adds", cost.multiply_adds},
                            {"memory", memory}});
  write(line.dump());
}

void JsonLog::finish(const std::string& net, double train_images_per_second, double seconds_per_image) {
  ordered_json line = about("finish", net);
  line.update({{"train_images_per_second", train_images_per_second}, {"seconds_per_image", seconds_per_image}});
  write(line.dump());
}

Report::Report(const Trainer& trainer, bool quiet)
    : trainer_(trainer), quiet_(quiet), measured_step_(trainer.progress().step) {}

void Report::say(const std::string& line) {
  if (quiet_) return;
  clear();
  std::cout << line << std::endl;
}

void Report::clear() {
  if (drawn_) std::cout << erase_line << std::flush;
  drawn_ = false;
}

void Report::step(const StepEvent& event) {
  if (terminal_.live) return;
  const int64_t total = trainer_.train_images();
  const int64_t batch = event.step - (event.epoch - 1) * event.steps_per_epoch;
  const int64_t seen = std::min(total, batch * trainer_.settings().loader.batch_size);
  say(text("Train Epoch: ", event.epoch, " [", seen, "/", total, " (", percent(seen, total),
           ")]  Loss: ", fixed(event.loss, 6)));
}

void Report::epoch(const EpochEvent& event) {
  if (terminal_.live) {
    say(text("Epoch ", event.epoch, ": training loss ", fixed(event.train_loss, 4), " in ",
             clock_time(event.train_seconds), ", ", rounded(rate_), " images/s"));
  }
  say(test_line(event.test));
}

void Report::redraw() {
  if (quiet_ || !terminal_.live) return;
  measure();
  const auto now = Clock::now();
  if (drawn_ && now - drawn_at_ < std::chrono::milliseconds(100)) return;
  drawn_ = true;
  drawn_at_ = now;
  std::cout << "\r" + bar_line() + "\033[K" << std::flush;
}

void Report::measure() {
  const TrainProgress& progress = trainer_.progress();
  if (progress.step > measured_step_) {
    measured_step_ = progress.step;
    const double share = std::max(0.02, 1.0 / static_cast<double>(++losses_));
    loss_ += share * (trainer_.last_loss() - loss_);
  }
  if (progress.batch > 0) {
    rate_ =
        static_cast<double>(std::min(progress.batch * trainer_.settings().loader.batch_size, trainer_.train_images())) /
        progress.epoch_seconds;
  }
  if (trainer_.testing() != testing_) {
    testing_ = !testing_;
    if (testing_) {
      test_began_ = Clock::now();
    } else {
      test_seconds_ = std::chrono::duration<double>(Clock::now() - test_began_).count();
    }
  }
}

double Report::seconds_left() const {
  const TrainProgress& progress = trainer_.progress();
  const double steps = static_cast<double>(trainer_.total_steps() - progress.step);
  const double per_epoch = static_cast<double>(trainer_.steps_per_epoch());
  const double train = steps * static_cast<double>(trainer_.train_images()) / per_epoch / rate_;
  // Until a test was timed: a test image costs about a third of a training image.
  const double test = test_seconds_ >= 0 ? test_seconds_ : static_cast<double>(trainer_.test_images()) / rate_ / 3;
  return train + test * std::ceil(steps / per_epoch);
}

std::string Report::bar_line() const {
  const TrainProgress& progress = trainer_.progress();
  const int64_t per_epoch = trainer_.steps_per_epoch();
  const int64_t epochs = (trainer_.total_steps() + per_epoch - 1) / per_epoch;
  const double done = static_cast<double>(progress.batch) / static_cast<double>(per_epoch);
  const std::string head = text("Epoch ", std::min(progress.epoch + 1, epochs), "/", epochs, " ");
  const std::string share = fixed(std::floor(100 * done), 0) + "%";
  std::string tail = text(std::string(5 - share.size(), ' '), share, "  loss ", losses_ ? fixed(loss_, 4) : "-", "  ");
  tail += testing_ ? text("testing on ", grouped(trainer_.test_images()), " images")
                   : text(rounded(rate_), " images/s  ", rate_ > 0 ? clock_time(seconds_left()) : "?", " left");
  // Whatever stands behind it, the bar keeps its width; only a narrow terminal makes it shorter.
  const int room = std::min({terminal_.columns - 62, terminal_.columns - 3 - width(head) - width(tail), 40});
  if (room < 4) return (head + tail).substr(0, std::max(terminal_.columns - 1, 0));
  return head + "[" + bar(done, room, terminal_.unicode) + "]" + tail;
}

}  // namespace cnnlab
