#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "lessons/contestant.hpp"
#include "lessons/cost.hpp"
#include "lessons/training.hpp"
#include "native/cli/format.hpp"
#include "native/commands/commands.hpp"
#include "native/train/plan.hpp"
#include "native/train/race_report.hpp"
#include "native/train/report.hpp"

namespace cnnlab {
namespace {

struct RaceOptions : RunOptions {
  std::string names;

  void add_to(OptionList& list) {
    list.text("--lessons", "NAMES", names,
              "the networks, with commas between them: " + contestant_names() +
                  "; options of a lesson follow a colon, as in residual20:width=16");
    RunOptions::add_to(list, 1, "stop after so many batches of each");
  }

  std::vector<Contestant> contestants() const {
    if (names.empty())
      throw UsageError("--lessons names the networks, as in --lessons plain20,residual20; there are: " +
                       contestant_names());
    try {
      return find_contestants(names);
    } catch (const Error& error) {
      throw UsageError(text("--lessons: ", error.what()));
    }
  }
};

std::vector<Race::Build> builders(const std::vector<Contestant>& contestants, const Shape& image, Device* device) {
  std::vector<Race::Build> builds;
  for (const Contestant& contestant : contestants)
    builds.emplace_back([&contestant, image, device] {
      auto network = contestant.lesson->make(contestant.options, image);
      network->to(device);
      return network;
    });
  return builds;
}

// The command that gives this race again. What names a place on this machine is left open.
std::string race_command_line(const RaceOptions& options, const TrainSettings& settings) {
  NamedValues values{{"--lessons", options.names}};
  for (auto& value : defining_options(options.data, settings)) values.push_back(std::move(value));
  if (!options.data.folder.empty()) values.emplace_back("--data-dir", "DIR");
  if (options.device.device != "cpu") values.emplace_back("--device", options.device.device);
  if (options.device.tf32) values.emplace_back("--tf32", "on");
  std::string command = command_line("cnnlab race", values, settings);
  command += text(" --log-every ", settings.log_every);
  if (settings.norms_every > 0) command += text(" --log-norms ", settings.norms_every);
  return command + " --log FILE";
}

std::vector<RaceStart::Net> with_costs(const std::vector<Contestant>& contestants, const Shape& image,
                                       const TrainSettings& settings) {
  std::vector<RaceStart::Net> nets;
  nets.reserve(contestants.size());
  for (const Contestant& contestant : contestants) {
    const auto build = [&] { return contestant.lesson->make(contestant.options, image); };
    nets.push_back({.contestant = contestant,
                    .cost = cost_of(*build(), image),
                    .memory = training_memory(build, image, settings.loader.batch_size, settings.sgd)});
  }
  return nets;
}

void loop(Race& race, RaceReport& report) {
  while (!StopSignals::received()) {
    const auto runner = race.next();
    if (!runner) return;
    const bool tests = race.runner(*runner).testing();
    const auto start = std::chrono::steady_clock::now();
    race.advance();
    report.advanced(*runner, tests, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
}

int result(const Race& race) {
  if (race.finished()) {
    size_t out = 0;
    for (size_t i = 0; i < race.size(); ++i) out += !race.dropped_out(i).empty();
    check(out < race.size(), "no network is left in the race: ", race.dropped_out(0));
    return 0;
  }
  int64_t step = 0;
  for (size_t i = 0; i < race.size(); ++i) step = std::max(step, race.runner(i).progress().step);
  std::cerr << "cnnlab race: stopped at step " << step << " of " << race.runner(0).total_steps()
            << "; the same command gives the same numbers again" << std::endl;
  return 128 + StopSignals::received();
}

int run_race(const RaceOptions& options, bool epochs_given) {
  const std::vector<Contestant> contestants = options.contestants();
  TrainSettings settings = options.chosen_settings();
  Device* const device = options.device.use();
  Shape image;
  for (const Contestant& contestant : contestants) image = input_for(options.data, *contestant.lesson);
  const DataSplit data = load_data(options.data, *contestants[0].lesson);
  if (options.steps && !epochs_given) allow_all_steps(settings, data.train.size());

  const RaceStart start{.command = race_command_line(options, settings),
                        .data = options.data.name,
                        .train_images = data.train.size(),
                        .test_images = data.test.size(),
                        .settings = settings,
                        .device = device,
                        .nets = with_costs(contestants, image, settings)};
  JsonLog log(options.log, false);
  log.race(start);
  Race race(builders(contestants, image, device), train_step, settings, data.train, data.test);
  RaceReport report(race, start.nets, options.quiet);
  race.on_step = [&](size_t i, const StepEvent& e) { log.step(e, contestants[i].name), report.step(i, e); };
  race.on_epoch = [&](size_t i, const EpochEvent& e) { log.epoch(e, contestants[i].name), report.epoch(i, e); };
  race.on_norms = [&](size_t i, const NormsEvent& e) { log.norms(e, contestants[i].name); };
  race.on_drop_out = [&](size_t i, const std::string& why) {
    log.drop_out(why, contestants[i].name), report.drop_out(i, why);
  };
  report.say(text("Racing ", contestants.size(), contestants.size() == 1 ? " network" : " networks", " on ",
                  find_dataset(options.data.name).title, ": ", grouped(data.train.size()), " images, tested on ",
                  grouped(data.test.size())));
  report.say(settings_line(settings, device));
  const StopSignals signals;
  loop(race, report);
  report.finish();
  for (size_t i = 0; i < race.size(); ++i)
    log.finish(contestants[i].name, report.train_speed(i), report.seconds_per_image(i));
  if (!options.quiet) std::cout << report.table() << std::flush;
  return result(race);
}

}  // namespace

Command race_command() {
  return {
      .name = "race",
      .help = "trains several networks side by side, on the same batches",
      .examples =
          "Examples:\n"
          "  cnnlab race --lessons plain20,plain56,residual20,residual56 --lr 0.1\n"
          "  cnnlab race --lessons inception,deeper3,residual20:width=16 --epochs 1\n"
          "  cnnlab race --lessons plain8,plain20 --steps 200 --log race.jsonl\n\n"
          "Every network starts from the same seed and gets the bits that it would get\n"
          "alone, with any number of threads. One whose loss is no longer finite drops\n"
          "out; the others go on. Ctrl-C ends the race, with the table so far.",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<RaceOptions>();
            options->add_to(list);
            return [options, &list] { return run_race(*options, list.given("--epochs")); };
          },
  };
}

}  // namespace cnnlab
