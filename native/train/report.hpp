#pragma once
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "lessons/contestant.hpp"
#include "lessons/cost.hpp"
#include "lib/train/trainer.hpp"
#include "native/cli/terminal.hpp"

namespace cnnlab {

/// "Test set: Average loss: 0.0536, Accuracy: 9822/10000 (98%)", as the source lesson prints it.
std::string test_line(const Score& score);

/// "Batches of 64, learning rate 0.01, …": how a run trains, and what computes it.
std::string settings_line(const TrainSettings& settings, const Device* device = nullptr);

/// "12%"
std::string percent(int64_t part, int64_t whole);
/// `done` (0 … 1) as so many columns, in eighths of a column where the terminal can show them.
std::string bar(double done, int columns, bool unicode);

/// What the first line of a race's log tells: what was raced, and on what.
struct RaceStart {
  struct Net {
    Contestant contestant;
    NetworkCost cost;
    int64_t memory;  ///< bytes, of `training_memory`
  };
  std::string command;  ///< that repeats the race, without paths of this machine
  std::string data;     ///< the name of the data set
  int64_t train_images, test_images;
  TrainSettings settings;
  const Device* device;
  std::vector<Net> nets;
};

/// One JSON object a line for each event of a run.
class JsonLog {
 public:
  /// No log for an empty path. Throws Error when the file cannot be opened.
  JsonLog(const std::string& path, bool append);
  // `net`: which network of a race it is about. Throw Error when the disk is full.
  void step(const StepEvent& event, const std::string& net = "");
  void epoch(const EpochEvent& event, const std::string& net = "");
  void norms(const NormsEvent& event, const std::string& net = "");
  void drop_out(const std::string& why, const std::string& net);
  void race(const RaceStart& race);
  /// How fast a network was in a race; what was not measured is not finite, and null in the log.
  void finish(const std::string& net, double train_images_per_second, double seconds_per_image);

 private:
  void write(const std::string& line);
  std::string path_;
  std::ofstream file_;
};

/// Tells on standard output how a run goes: a bar that is redrawn in place on a terminal, the source lesson's lines in
/// a file or pipe.
class Report {
 public:
  Report(const Trainer& trainer, bool quiet);

  void say(const std::string& line);
  void step(const StepEvent& event);
  void epoch(const EpochEvent& event);
  /// To be called between calls of `advance`: redraws the bar, not too often.
  void redraw();
  /// Removes the bar.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string bar_line() const;
  double seconds_left() const;
  void measure();

  const Trainer& trainer_;
  bool quiet_;
  Terminal terminal_ = standard_output();
  bool drawn_ = false;
  Clock::time_point drawn_at_{}, test_began_{};
  double loss_ = 0;            // smoothed
  int64_t losses_ = 0;         // how many it is of
  double rate_ = 0;            // training images/s in this epoch
  double test_seconds_ = -1;   // of the last test; -1: none yet
  int64_t measured_step_ = 0;  // the step that `loss_` is up to
  bool testing_ = false;
};

}  // namespace cnnlab
