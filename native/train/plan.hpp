#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/cli/datasets.hpp"
#include "native/cli/options.hpp"

namespace cnnlab {

/// The options of `cnnlab train`, as they were given.
struct TrainOptions {
  NetworkChoice network;
  DataChoice data;
  DeviceChoice device;
  TrainSettings settings;
  int64_t seed = default_seed;
  std::string schedule = "constant";
  bool augment = false, no_shuffle = false;
  double redraw = 0;
  std::optional<int64_t> steps;
  std::string init, out, checkpoint, resume, log;
  bool quiet = false;

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

/// The settings that make a run what it is, as the options that set them: {"--lr", "0.01"}, … The same settings give
/// the same bits.
std::vector<std::pair<std::string, std::string>> defining_options(const Plan& plan);
/// "cnnlab train --lesson inception …": the command that repeats a run.
std::string command_line(const Plan& plan);

/// What a checkpoint needs beside the trainer's state, for make_plan.
void note_plan(const Plan& plan, StateFile& checkpoint);

}  // namespace cnnlab
