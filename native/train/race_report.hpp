#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "lib/train/race.hpp"
#include "native/cli/terminal.hpp"
#include "native/train/report.hpp"

namespace cnnlab {

/// Tells on standard output how a race goes: on a terminal one line for each network, redrawn in place; in a file or
/// pipe a line for each event, which begins with the network's name.
class RaceReport {
 public:
  /// `nets`: who takes part, in the order of the race's runners.
  RaceReport(const Race& race, const std::vector<RaceStart::Net>& nets, bool quiet);

  void say(const std::string& line) const;
  void step(size_t runner, const StepEvent& event) const;
  void epoch(size_t runner, const EpochEvent& event) const;
  void drop_out(size_t runner, const std::string& why) const;
  /// To be called for each piece of work that a runner did: its time counts for the table, and the lines are redrawn,
  /// not too often.
  void advanced(size_t runner, bool tested, double seconds);
  /// Leaves the lines as they are at the end; what is said from here on stands below them.
  void finish();
  /// Images that a runner trained a second, and the seconds in which it read one of a test; NaN before it did.
  double train_speed(size_t runner) const;
  double seconds_per_image(size_t runner) const;
  /// How good each network is, and what it costs; the best first.
  std::string table() const;

 private:
  using Clock = std::chrono::steady_clock;
  // What was seen of one network.
  struct Seen {
    double loss = 0;     // smoothed …
    int64_t losses = 0;  // … of so many
    double train_seconds = 0, test_seconds = 0;
    int64_t tests = 0;  // finished
  };
  void redraw();
  std::string live_line(size_t runner) const;
  std::vector<std::string> row(size_t runner) const;  // of the table, without the name
  std::string padded_name(size_t runner) const;

  const Race& race_;
  const std::vector<RaceStart::Net>& nets_;
  bool quiet_;
  Terminal terminal_ = standard_output();
  std::vector<Seen> seen_;
  bool drawn_ = false;
  Clock::time_point drawn_at_{};
};

}  // namespace cnnlab
