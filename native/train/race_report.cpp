#include "native/train/race_report.hpp"

#include <algorithm>
#include <iostream>
#include <limits>
#include <numeric>

#include "lib/autograd/tape.hpp"
#include "native/cli/format.hpp"
#include "native/train/report.hpp"

namespace cnnlab {
namespace {

struct Cost {
  int64_t parameters, multiply_adds;  // on one image
};

Cost cost(const Contestant& contestant, const Shape& image) {
  const auto net = contestant.lesson->make(contestant.options, image);
  const Tape tape;
  (*net)(Tensor::zeros({1, image[0], image[1], image[2]}));
  Cost sum{.parameters = net->parameter_count(), .multiply_adds = 0};
  for (const auto& [node, output] : tape.records()) sum.multiply_adds += node->multiply_adds;
  return sum;
}

double accuracy(const Score& score) { return static_cast<double>(score.correct) / static_cast<double>(score.total); }

std::string right(const Score& score) {
  return text(score.correct, "/", score.total, " right (", fixed(100 * accuracy(score), 2), "%)");
}

// The first `columns` columns of a line, for UTF-8.
std::string cut(const std::string& line, int columns) {
  size_t end = line.size();
  while (width(std::string_view(line).substr(0, end)) > columns) {
    do --end;
    while (end > 0 && (line[end] & 0xC0) == 0x80);  // not within a letter
  }
  return line.substr(0, end);
}

}  // namespace

RaceReport::RaceReport(const Race& race, const std::vector<Contestant>& contestants, const Shape& image, bool quiet)
    : race_(race), contestants_(contestants), image_(image), quiet_(quiet), seen_(contestants.size()) {
  // Lines that have left the screen cannot be redrawn.
  if (static_cast<int>(contestants.size()) >= terminal_.rows) terminal_.live = false;
}

std::string RaceReport::padded_name(size_t runner) const {
  int longest = 0;
  for (const Contestant& contestant : contestants_) longest = std::max(longest, width(contestant.name));
  const std::string& name = contestants_[runner].name;
  return name + std::string(longest - width(name), ' ') + "  ";
}

void RaceReport::say(const std::string& line) const {
  if (!quiet_) std::cout << line << std::endl;
}

void RaceReport::step(size_t runner, const StepEvent& event) const {
  if (terminal_.live) return;
  const Trainer& trainer = race_.runner(runner);
  const int64_t total = trainer.train_images(), seen = trainer.progress().image;
  say(text(padded_name(runner), "epoch ", event.epoch, "  ", seen, "/", total, " (", percent(seen, total), ")  loss ",
           fixed(event.loss, 4), "  ", rounded(event.images_per_second), " images/s"));
}

void RaceReport::epoch(size_t runner, const EpochEvent& event) const {
  if (terminal_.live) return;
  say(text(padded_name(runner), "epoch ", event.epoch, "  training loss ", fixed(event.train_loss, 4), ", test loss ",
           fixed(event.test.loss, 4), ", ", right(event.test)));
}

void RaceReport::drop_out(size_t runner, const std::string& why) const {
  if (!terminal_.live) say(padded_name(runner) + "dropped out: " + why);
}

void RaceReport::advanced(size_t runner, bool tested, double seconds) {
  Seen& seen = seen_[runner];
  const Trainer& trainer = race_.runner(runner);
  if (tested) {
    seen.test_seconds += seconds;
    seen.tests += !trainer.testing();
  } else if (race_.dropped_out(runner).empty()) {
    const double share = std::max(0.02, 1.0 / static_cast<double>(++seen.losses));
    seen.loss += share * (trainer.last_loss() - seen.loss);
    seen.train_seconds += seconds;
  }
  const auto now = Clock::now();
  if (quiet_ || !terminal_.live || (drawn_ && now - drawn_at_ < std::chrono::milliseconds(100))) return;
  drawn_at_ = now;
  redraw();
}

// The cursor rests below the lines: up to the first of them, then each anew.
void RaceReport::redraw() {
  std::string block = drawn_ ? text("\033[", contestants_.size(), "A") : "";
  for (size_t i = 0; i < contestants_.size(); ++i)
    block += "\r" + cut(live_line(i), terminal_.columns - 1) + "\033[K\n";
  std::cout << block << std::flush;
  drawn_ = true;
}

void RaceReport::finish() {
  if (quiet_) return;
  if (terminal_.live) redraw();
  for (size_t i = 0; i < contestants_.size(); ++i)
    if (terminal_.live && !race_.dropped_out(i).empty()) say(padded_name(i) + "dropped out: " + race_.dropped_out(i));
}

std::string RaceReport::live_line(size_t runner) const {
  const Trainer& trainer = race_.runner(runner);
  const TrainProgress& progress = trainer.progress();
  const Seen& seen = seen_[runner];
  const double done = static_cast<double>(progress.step) / static_cast<double>(trainer.total_steps());
  const std::string share = percent(progress.step, trainer.total_steps());
  std::string tail =
      text(std::string(5 - share.size(), ' '), share, "  loss ", seen.losses ? fixed(seen.loss, 4) : "-");
  if (trainer.last_epoch()) tail += text("  test ", fixed(100 * accuracy(trainer.last_epoch()->test), 2), "%");
  tail += race_.dropped_out(runner).empty() ? text("  ", rounded(speed(runner)), " images/s") : "  dropped out";
  const std::string name = padded_name(runner);
  const int room = std::min(terminal_.columns - width(name) - 50, 30);
  if (room < 4) return name + tail;
  return name + "[" + bar(done, room, terminal_.unicode) + "]" + tail;
}

double RaceReport::speed(size_t runner) const {
  const Trainer& trainer = race_.runner(runner);
  const TrainProgress& progress = trainer.progress();
  const int64_t images = progress.epoch * trainer.train_images() + progress.image;
  return static_cast<double>(images) / seen_[runner].train_seconds;
}

std::string RaceReport::table() const {
  std::vector<size_t> order(contestants_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto rank = [&](size_t i) {
    return race_.runner(i).last_epoch() ? accuracy(race_.runner(i).last_epoch()->test) : -1;
  };
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return rank(a) > rank(b); });
  Table table({{"network"},
               {"accuracy", Table::right},
               {"test loss", Table::right},
               {"training loss", Table::right},
               {"parameters", Table::right},
               {"multiply-adds", Table::right},
               {"images/s", Table::right},
               {"ms to read one", Table::right}});
  for (const size_t i : order) {
    const Trainer& trainer = race_.runner(i);
    const auto& last = trainer.last_epoch();
    const Seen& seen = seen_[i];
    const auto [parameters, multiply_adds] = cost(contestants_[i], image_);
    const double per_image = 1000 * seen.test_seconds / static_cast<double>(seen.tests * trainer.test_images());
    table.add({contestants_[i].name, last ? fixed(100 * accuracy(last->test), 2) + "%" : "-",
               last ? fixed(last->test.loss, 4) : "-", last ? fixed(last->train_loss, 4) : "-", grouped(parameters),
               grouped(multiply_adds), seen.train_seconds > 0 ? rounded(speed(i)) : "-",
               seen.tests > 0 ? fixed(per_image, 3) : "-"});
  }
  return table.str();
}

}  // namespace cnnlab
