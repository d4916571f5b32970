#include <iostream>
#include <memory>

#include "lessons/training.hpp"
#include "lib/train/data_parallel.hpp"
#include "native/cli/files.hpp"
#include "native/cli/format.hpp"
#include "native/commands/commands.hpp"
#include "native/train/plan.hpp"
#include "native/train/report.hpp"

namespace cnnlab {
namespace {

constexpr auto autosave_every = std::chrono::minutes(5);

// One run from its plan to its files.
class Run {
 public:
  Run(const TrainOptions& options, Plan plan, Device* device, DeviceGroup* group)
      : options_(options),
        group_(group),
        plan_(std::move(plan)),
        network_(make_network(plan_.network, static_cast<int64_t>(plan_.settings.loader.seed))),
        checkpoint_(options.checkpoint.empty() ? options.resume : options.checkpoint),
        has_checkpoint_(!options.resume.empty() && checkpoint_ == options.resume) {
    if (!options.init.empty())
      load_weights(*network_.module, load_safetensors(options.init), network_.name, options.init);
    if (const int64_t batch = plan_.settings.loader.batch_size; batch % options.gpus != 0)
      throw UsageError(text("--gpus ", options.gpus, " cannot share batches of ", batch, " images equally"));
    network_.module->to(device);
    int64_t bytes = 64 << 10;
    for (const auto& [name, tensor] : network_.module->state_dict())
      bytes += tensor.numel() * int64_t{sizeof(float)} + 128;
    if (!options.out.empty()) check_writable(options.out, bytes);
    if (!checkpoint_.empty()) check_writable(checkpoint_, 2 * bytes);
  }

  int write_initial_weights() {
    if (options_.out.empty()) throw UsageError("--steps 0 only writes initial weights: name a file with --out FILE");
    save_safetensors(options_.out,
                     weights_file(*network_.module, network_.name, {{"command", command_line(plan_) + " --steps 0"}}));
    if (!options_.quiet) std::cout << "Initial weights: " << options_.out << std::endl;
    return 0;
  }

  int train();

 private:
  void introduce(Report& report, const DataSplit& data) const;
  void loop(Trainer& trainer, Report& report);
  [[noreturn]] void failed(Trainer& trainer, const std::exception& error);
  int stopped(Trainer& trainer);
  void save_checkpoint(Trainer& trainer);
  void save_weights(Trainer& trainer, const Score* test) const;
  std::string how_to_go_on() const;

  TrainStep step();

  const TrainOptions& options_;
  DeviceGroup* group_;  // null: one device
  Plan plan_;
  Network network_;
  std::string checkpoint_;       // where to save, or ""
  bool has_checkpoint_ = false;  // and whether a run that can go on lies there
};

int Run::train() {
  const DataSplit data = load_data(plan_.data, *network_.lesson);
  if (plan_.as_many_epochs_as_needed) allow_all_steps(plan_.settings, data.train.size());
  Trainer trainer(network_.module, step(), plan_.settings, data.train, data.test);
  if (plan_.checkpoint) resume_from(trainer, *plan_.checkpoint, options_.resume);

  Report report(trainer, options_.quiet);
  JsonLog log(options_.log, plan_.checkpoint.has_value());
  trainer.on_step = [&](const StepEvent& event) { log.step(event), report.step(event); };
  trainer.on_epoch = [&](const EpochEvent& event) { log.epoch(event), report.epoch(event); };
  trainer.on_norms = [&](const NormsEvent& event) { log.norms(event); };
  introduce(report, data);
  std::optional<Score> test;
  if (trainer.finished()) {
    report.say(text("The run in ", options_.resume, " is finished already; more --epochs would go on with it"));
    report.say(test_line(test.emplace(evaluate(trainer.model(), data.test))));
  }
  const StopSignals signals;
  try {
    loop(trainer, report);
  } catch (const std::exception& error) {
    report.clear();
    failed(trainer, error);
  }
  report.clear();
  if (!trainer.finished()) return stopped(trainer);
  if (!test) test = trainer.last_epoch()->test;
  if (!options_.out.empty()) {
    save_weights(trainer, &*test);
    report.say("Weights: " + options_.out);
  }
  return 0;
}

TrainStep Run::step() {
  if (!group_) return train_step;
  const auto make = [this] {
    return make_network(plan_.network, static_cast<int64_t>(plan_.settings.loader.seed)).module;
  };
  const auto parallel = std::make_shared<DataParallel>(*group_, train_step, network_.module, make);
  return [parallel](nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
    return parallel->train(model, optimizer, batch);
  };
}

void Run::introduce(Report& report, const DataSplit& data) const {
  report.say(text("Training ", network_.lesson->id, " (", grouped(network_.module->parameter_count()),
                  " parameters) on ", find_dataset(plan_.data.name).title, ": ", grouped(data.train.size()),
                  " images, tested on ", grouped(data.test.size())));
  report.say(settings_line(plan_.settings, network_.module->device()));
}

void Run::loop(Trainer& trainer, Report& report) {
  auto saved = std::chrono::steady_clock::now();
  int64_t epoch = trainer.progress().epoch;
  std::string said;
  while (!trainer.finished() && !StopSignals::received()) {
    trainer.advance();
    if (const std::string why = trainer.why_not_repeated(); why != said)
      report.say(text("Steps are not recorded as one graph, which is slower: ", said = why));
    if (!trainer.finished()) report.redraw();
    const auto now = std::chrono::steady_clock::now();
    const bool ended = trainer.finished() || trainer.progress().epoch != epoch;
    if (!checkpoint_.empty() && (ended || now - saved > autosave_every)) {
      save_checkpoint(trainer);
      saved = now;
    }
    epoch = trainer.progress().epoch;
  }
  trainer.settle();  // where a signal ended it
}

// What was trained is kept. A checkpoint of before is worth more than one of a run that went wrong.
void Run::failed(Trainer& trainer, const std::exception& error) {
  std::string kept;
  if (!options_.out.empty()) {
    save_weights(trainer, nullptr);
    kept = options_.out;
  } else if (!checkpoint_.empty()) {
    if (!has_checkpoint_) save_checkpoint(trainer);
    kept = checkpoint_;
  }
  fail(error.what() + (kept.empty() ? "" : " in " + kept + " (--init reads them)"));
}

int Run::stopped(Trainer& trainer) {
  const TrainProgress& progress = trainer.progress();
  std::string where = text("cnnlab train: stopped after step ", progress.step, " of ", trainer.total_steps(), "; ");
  if (!checkpoint_.empty()) {
    save_checkpoint(trainer);
    where += "saved. To go on: " + how_to_go_on();
  } else if (!options_.out.empty()) {
    save_weights(trainer, nullptr);
    where +=
        text("the weights so far are in ", options_.out, ". To go on from them: cnnlab train --init ", options_.out);
  } else {
    where += "nothing was saved, as neither --checkpoint nor --out was given";
  }
  std::cerr << where << std::endl;
  return 128 + StopSignals::received();
}

std::string Run::how_to_go_on() const {
  std::string command = "cnnlab train --resume " + checkpoint_;
  if (!options_.out.empty()) command += " --out " + options_.out;
  if (!options_.log.empty()) command += " --log " + options_.log;
  return command;
}

void Run::save_checkpoint(Trainer& trainer) {
  StateFile file = checkpoint(trainer, network_.name);
  note_plan(plan_, file);
  save_safetensors(checkpoint_, file);
  has_checkpoint_ = true;
}

// `test`: how good they are, where that is known.
void Run::save_weights(Trainer& trainer, const Score* test) const {
  std::map<std::string, std::string> notes{{"command", command_line(plan_)},
                                           {"data", plan_.data.name},
                                           {"steps", std::to_string(trainer.progress().step)},
                                           {"epochs", std::to_string(trainer.progress().epoch)}};
  if (test) {
    notes["test_correct"] = std::to_string(test->correct);
    notes["test_total"] = std::to_string(test->total);
    notes["test_loss"] = shortest(test->loss);
  }
  save_safetensors(options_.out, weights_file(trainer.model(), network_.name, std::move(notes)));
}

}  // namespace

Command train_command() {
  return {
      .name = "train",
      .help = "trains a lesson's network",
      .examples =
          "Examples:\n"
          "  cnnlab train                          as in the lesson: 9 epochs on MNIST\n"
          "  cnnlab train --epochs 1 --out one.safetensors\n"
          "  cnnlab train --lr 0.05 --schedule cosine --log run.jsonl\n"
          "  cnnlab train --checkpoint run.ckpt    Ctrl-C saves the run; then go on with\n"
          "  cnnlab train --resume run.ckpt --out weights.safetensors\n\n"
          "Ctrl-C finishes the batch and ends with exit status 130; a second one ends at\n"
          "once.",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<TrainOptions>();
            options->add_to(list);
            return [options, &list] {
              DeviceGroup* const group = options->device.use_group(options->gpus);
              Device* const device = group ? group->devices()[0] : options->device.use();
              Run training(*options, make_plan(*options, list), device, group);
              return options->steps == 0 ? training.write_initial_weights() : training.train();
            };
          },
  };
}

}  // namespace cnnlab
