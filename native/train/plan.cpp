#include "native/train/plan.hpp"

#include <algorithm>
#include <filesystem>

#include "native/cli/format.hpp"

namespace cnnlab {
namespace {

// The options as text, with "" for a switch that is off and "on" for one that is on.
std::string shown(const std::pair<std::string, std::string>& option) {
  return option.second.empty()   ? "without " + option.first
         : option.second == "on" ? "with " + option.first
                                 : "with " + option.first + " " + option.second;
}

// What may change in the middle of a run.
void change(Plan& plan, const TrainOptions& options, const OptionList& given) {
  TrainSettings& settings = plan.settings;
  if (given.given("--epochs")) settings.epochs = options.settings.epochs, settings.max_steps = 0;
  if (given.given("--steps")) settings.max_steps = *options.steps;
  if (given.given("--log-every")) settings.log_every = options.settings.log_every;
  if (given.given("--log-norms")) settings.norms_every = options.settings.norms_every;
  if (given.given("--data-dir")) plan.data.folder = options.data.folder;
}

Plan resumed_plan(const TrainOptions& options, const OptionList& given) {
  Plan plan;
  plan.checkpoint = load_safetensors(options.resume);
  const CheckpointInfo info = read_checkpoint(*plan.checkpoint, options.resume);
  plan.network = info.name;
  plan.settings = info.settings;
  const auto& notes = plan.checkpoint->metadata;
  if (const auto data = notes.find("data"); data != notes.end()) plan.data.name = data->second;
  if (const auto folder = notes.find("data_dir"); folder != notes.end()) plan.data.folder = folder->second;

  Plan now = plan;
  now.settings = options.chosen_settings();
  now.network = options.network.name_for(*plan.checkpoint);
  if (given.given("--data")) now.data.name = options.data.name;
  const auto stored = defining_options(plan), asked = defining_options(now);
  for (size_t i = 0; i < stored.size(); ++i) {
    if (given.given(stored[i].first.c_str()) && stored[i] != asked[i]) {
      throw UsageError(text("the run in ", options.resume, " was started ", shown(stored[i]),
                            ", but now it is to go on ", shown(asked[i]),
                            ": leave that out, or start a new run with --init ", options.resume));
    }
  }
  change(plan, options, given);
  return plan;
}

}  // namespace

TrainSettings RunOptions::chosen_settings() const {
  if (settings.norms_every > 0 && log.empty())
    throw UsageError("--log-norms writes into the log: name it with --log FILE");
  TrainSettings chosen = settings;
  chosen.schedule = parse_schedule(schedule);
  chosen.loader.seed = static_cast<uint64_t>(seed);
  chosen.loader.shuffle = !no_shuffle;
  if (redraw < 0 || redraw > 1) throw UsageError(text("--redraw is a share of the images, from 0 to 1, got ", redraw));
  if (redraw > 0 && !augment) throw UsageError("--redraw is a part of --augment: give both");
  const bool drawn = find_dataset(data.name).drawn;
  if (redraw > 0 && !drawn)
    throw UsageError(text("--redraw draws digits, which ", find_dataset(data.name).title, " has none of"));
  if (augment && drawn) chosen.loader.augment = AugmentOptions{.redraw = redraw};
  if (augment && !drawn) chosen.loader.crop.emplace();
  chosen.max_steps = steps.value_or(0);
  return chosen;
}

void RunOptions::add_to(OptionList& list, int64_t least_steps, const std::string& steps_help) {
  data.add_to(list);
  device.add_to(list);
  list.whole("--epochs", settings.epochs, 1, 1'000'000, "how often all images are seen");
  list.whole("--steps", steps, least_steps, any_number, steps_help);
  list.whole("--batch", settings.loader.batch_size, 1, 65536, "images in a batch");
  list.number("--lr", settings.sgd.lr, "learning rate");
  list.number("--momentum", settings.sgd.momentum, "momentum");
  list.number("--weight-decay", settings.sgd.weight_decay, "weight decay");
  list.one_of("--schedule", schedule, {"constant", "step", "cosine"}, "how the learning rate falls over the run");
  list.flag("--augment", augment,
            "vary the training images anew in each epoch: digits are shifted, scaled, turned, slanted; "
            "photographs are shifted and mirrored");
  list.number("--redraw", redraw,
              "with --augment: the share of digits replaced by pen drawings of the same digit, which the processor "
              "makes, with --device cuda too");
  list.whole("--seed", seed, 0, any_number, "initial weights and order; the same seed gives the same bits");
  list.flag("--no-shuffle", no_shuffle, "take the images in the order of the file");
  list.text("--log", "FILE", log, "write one JSON object a line for every event");
  list.whole("--log-every", settings.log_every, 1, any_number, "steps between two reports");
  list.whole("--log-norms", settings.norms_every, 0, any_number,
             "with --log: steps between the norms of every parameter and its gradient; 0: none");
  list.flag("--quiet", quiet, "print nothing but errors");
}

void TrainOptions::add_to(OptionList& list) {
  network.add_to(list);
  RunOptions::add_to(list, 0, "stop after so many batches in all; 0 only writes initial weights");
  list.whole("--gpus", gpus, 1, 16, "with --device cuda: cards that train together, each on a part of every batch");
  list.text("--init", "FILE", init, "start from these weights instead of random ones");
  list.text("--out", "FILE", out, "write the trained weights here (safetensors)");
  list.text("--checkpoint", "FILE", checkpoint,
            "save the whole run here: after each epoch, every 5 minutes, and on Ctrl-C");
  list.text("--resume", "FILE", resume, "go on from a checkpoint, bit for bit as if it had never stopped");
}

Plan make_plan(const TrainOptions& options, const OptionList& given) {
  Plan plan;
  if (!options.resume.empty()) {
    if (!options.init.empty())
      throw UsageError("--init starts a new run and --resume goes on with an old one: leave one of them out");
    if (options.steps == 0)
      throw UsageError("--steps 0 writes initial weights, which --resume has passed: leave one of them out");
    plan = resumed_plan(options, given);
  } else {
    plan.network = options.network.name();
    plan.network.input = input_for(options.data, find_lesson(plan.network.lesson));
    plan.data = options.data;
    plan.settings = options.chosen_settings();
    if (!plan.data.folder.empty()) plan.data.folder = std::filesystem::absolute(plan.data.folder).string();
  }
  plan.as_many_epochs_as_needed = given.given("--steps") && !given.given("--epochs");
  return plan;
}

NamedValues defining_options(const Plan& plan) {
  NamedValues options{{"--lesson", plan.network.lesson}, {"--set", describe_options(plan.network.options)}};
  for (auto& option : defining_options(plan.data, plan.settings)) options.push_back(std::move(option));
  return options;
}

NamedValues defining_options(const DataChoice& data, const TrainSettings& s) {
  return {
      {"--data", data.name},
      {"--batch", std::to_string(s.loader.batch_size)},
      {"--lr", shortest(s.sgd.lr)},
      {"--momentum", shortest(s.sgd.momentum)},
      {"--weight-decay", shortest(s.sgd.weight_decay)},
      {"--schedule", std::string(schedule_name(s.schedule))},
      {"--augment", s.loader.augment || s.loader.crop ? "on" : ""},
      {"--redraw", s.loader.augment && s.loader.augment->redraw > 0 ? shortest(s.loader.augment->redraw) : ""},
      {"--seed", std::to_string(s.loader.seed)},
      {"--no-shuffle", s.loader.shuffle ? "" : "on"},
  };
}

std::string command_line(const Plan& plan) {
  return command_line("cnnlab train", defining_options(plan), plan.settings);
}

std::string command_line(std::string command, const NamedValues& options, const TrainSettings& settings) {
  for (const auto& [option, value] : options)
    if (!value.empty()) command += " " + option + (value == "on" ? "" : " " + value);
  command += text(" --epochs ", settings.epochs);
  if (settings.max_steps) command += text(" --steps ", settings.max_steps);
  return command;
}

void allow_all_steps(TrainSettings& settings, int64_t images) {
  const int64_t batch = settings.loader.batch_size, per_epoch = (images + batch - 1) / batch;
  settings.epochs = std::max(settings.epochs, (settings.max_steps + per_epoch - 1) / per_epoch);
}

void note_plan(const Plan& plan, StateFile& checkpoint) {
  checkpoint.metadata["data"] = plan.data.name;
  if (!plan.data.folder.empty()) checkpoint.metadata["data_dir"] = plan.data.folder;
}

}  // namespace cnnlab
