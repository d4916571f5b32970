#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/cli/datasets.hpp"
#include "native/cli/options.hpp"

namespace cnnlab {

/// Options with their values as text: {"--lr", "0.01"}, …; "on" for a switch that is on, "" for one that is off.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// How networks are trained: the options that `cnnlab train` and `cnnlab race` share, as they were given.
struct RunOptions {
  DataChoice data;
  DeviceChoice device;
  TrainSettings settings;
  int64_t seed = default_seed;
  std::string schedule = "constant";
  bool augment = false, no_shuffle = false;
  double redraw = 0;
  std::optional<int64_t> steps;
  std::string log;
  bool quiet = false;

  /// `steps_help` tells what --steps does, from `least_steps` on.
  void add_to(OptionList& list, int64_t least_steps, const std::string& steps_help);
  /// UsageError for options that do not go together.
  TrainSettings chosen_settings() const;
};

/// The options of `cnnlab train`.
struct TrainOptions : RunOptions {
  NetworkChoice network;
  std::string init, out, checkpoint, resume;
  int64_t gpus = 1;

  void add_to(OptionList& list);
};

/// What is to be trained: out of the options, or out of a checkpoint.
struct Plan {
  NetworkName network;
  DataChoice data;
  TrainSettings settings;
  std::optional<StateFile> checkpoint;    ///< to go on from
  bool as_many_epochs_as_needed = false;  ///< --steps alone says how long
};

/// With --resume everything comes from the checkpoint. Options given again must agree with it, except those that may
/// change within a run: UsageError, naming both values. `given` knows which there are.
Plan make_plan(const TrainOptions& options, const OptionList& given);

/// The settings that make a run what it is, as the options that set them. The same settings give the same bits.
NamedValues defining_options(const Plan& plan);
/// "cnnlab train --lesson inception …": the command that repeats a run.
std::string command_line(const Plan& plan);

/// The part of both that tells the data and how to train, for networks of any name.
NamedValues defining_options(const DataChoice& data, const TrainSettings& settings);
/// `command` with these options and, behind them, how long it trains.
std::string command_line(std::string command, const NamedValues& options, const TrainSettings& settings);
/// As many epochs of so many images as --steps needs, where --steps alone says how long.
void allow_all_steps(TrainSettings& settings, int64_t images);

/// What a checkpoint needs beside the trainer's state, for make_plan.
void note_plan(const Plan& plan, StateFile& checkpoint);

}  // namespace cnnlab
