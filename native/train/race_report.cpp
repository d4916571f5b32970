#include "native/train/race_report.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>

#include "native/cli/format.hpp"

namespace cnnlab {
namespace {

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

RaceReport::RaceReport(const Race& race, const std::vector<RaceStart::Net>& nets, bool quiet)
    : race_(race), nets_(nets), quiet_(quiet), seen_(nets.size()) {
  // Lines that have left the screen cannot be redrawn.
  if (static_cast<int>(nets.size()) >= terminal_.rows) terminal_.live = false;
}

std::string RaceReport::padded_name(size_t runner) const {
  int longest = 0;
  for (const auto& net : nets_) longest = std::max(longest, width(net.contestant.name));
  const std::string& name = nets_[runner].contestant.name;
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
  std::string block = drawn_ ? text("\033[", nets_.size(), "A") : "";
  for (size_t i = 0; i < nets_.size(); ++i) block += "\r" + cut(live_line(i), terminal_.columns - 1) + "\033[K\n";
  std::cout << block << std::flush;
  drawn_ = true;
}

void RaceReport::finish() {
  if (quiet_) return;
  if (terminal_.live) redraw();
  for (size_t i = 0; i < nets_.size(); ++i)
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
  tail += race_.dropped_out(runner).empty() ? text("  ", rounded(train_speed(runner)), " images/s") : "  dropped out";
  const std::string name = padded_name(runner);
  const int room = std::min(terminal_.columns - width(name) - 50, 30);
  if (room < 4) return name + tail;
  return name + "[" + bar(done, room, terminal_.unicode) + "]" + tail;
}

double RaceReport::train_speed(size_t runner) const {
  const Trainer& trainer = race_.runner(runner);
  const TrainProgress& progress = trainer.progress();
  const int64_t images = progress.epoch * trainer.train_images() + progress.image;
  return static_cast<double>(images) / seen_[runner].train_seconds;
}

double RaceReport::seconds_per_image(size_t runner) const {
  const Seen& seen = seen_[runner];
  return seen.test_seconds / static_cast<double>(seen.tests * race_.runner(runner).test_images());
}

std::vector<std::string> RaceReport::row(size_t runner) const {
  const auto& last = race_.runner(runner).last_epoch();
  const auto& [contestant, cost, memory] = nets_[runner];
  const auto measured = [](double value, std::string shown) { return std::isfinite(value) ? std::move(shown) : "-"; };
  return {last ? fixed(100 * accuracy(last->test), 2) + "%" : "-",
          last ? fixed(last->test.loss, 4) : "-",
          last ? fixed(last->train_loss, 4) : "-",
          grouped(cost.parameters),
          grouped(cost.multiply_adds),
          measured(train_speed(runner), rounded(train_speed(runner))),
          measured(seconds_per_image(runner), fixed(1000 * seconds_per_image(runner), 3)),
          fixed(static_cast<double>(memory) / 1e6, 1)};
}

std::string RaceReport::table() const {
  std::vector<size_t> order(nets_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto rank = [&](size_t i) {
    return race_.runner(i).last_epoch() ? accuracy(race_.runner(i).last_epoch()->test) : -1;
  };
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return rank(a) > rank(b); });
  Table table({{"network"},
               {"accuracy", Table::right},
               {"test loss", Table::right},
               {"train loss", Table::right},
               {"parameters", Table::right},
               {"multiply-adds", Table::right},
               {"images/s", Table::right},
               {"ms/image", Table::right},
               {"MB", Table::right}});
  constexpr int room = 30;  // for a name, so that the table keeps within 120 columns
  for (const size_t i : order) {
    std::vector<std::string> cells = row(i);
    const std::string& name = nets_[i].contestant.name;
    if (width(name) > room) table.heading(name);
    cells.insert(cells.begin(), width(name) > room ? "" : name);
    table.add(std::move(cells));
  }
  return table.str() + "\nms/image: to read one. MB: of tensors while it trains, at most at once.\n";
}

}  // namespace cnnlab
