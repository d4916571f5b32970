#include "web/lab/train/runs.hpp"

#include <algorithm>
#include <utility>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

using nlohmann::json;

double share(const json& event, const char* correct, const char* total) {
  return event.at(correct).get<double>() / std::max(event.at(total).get<double>(), 1.0);
}

void add_norms(RunCurves& run, const json& event) {
  const json& norms = event.at("norms");
  if (run.norms.empty())
    for (const json& one : norms) run.norms.push_back({.name = one.at("name"), .gradient = {}, .weight = {}});
  check(run.norms.size() == norms.size(), "training event: norms of ", norms.size(), " parameters after ",
        run.norms.size());
  run.norm_steps.push_back(event.at("step").get<double>());
  for (size_t i = 0; i < norms.size(); ++i) {
    run.norms[i].gradient.push_back(norms[i].at("gradient").get<double>());
    run.norms[i].weight.push_back(norms[i].at("weight").get<double>());
  }
}

void add_events(RunCurves& run, const json& events) {
  for (const json& event : events) {
    const auto step = event.at("step").get<double>();
    const auto kind = event.at("event").get<std::string>();
    if (kind == "step") {
      run.loss.push_back({step, event.at("loss").get<double>()});
      if (event.at("train_total") > 0) run.accuracy.push_back({step, share(event, "train_correct", "train_total")});
    } else if (kind == "epoch") {
      run.test_loss.push_back({step, event.at("test_loss").get<double>()});
      run.test_accuracy.push_back({step, share(event, "test_correct", "test_total")});
    } else if (kind == "norms") {
      add_norms(run, event);
    }
  }
}

template <class Work>
void parsing(const Work& work) {
  try {
    work();
  } catch (const nlohmann::json::exception& error) {
    fail(std::string("training event: ") + error.what());
  }
}

}  // namespace

void Runs::set(std::string_view text) {
  parsing([&] {
    std::vector<RunCurves> runs;
    for (const json& one : json::parse(text)) {
      RunCurves run{.name = one.at("name"),
                    .color = one.value("color", size_t{0}),
                    .current = one.value("current", false),
                    .recorded = one.value("recorded", false),
                    .layers = one.value("layers", false)};
      add_events(run, one.at("events"));
      runs.push_back(std::move(run));
    }
    runs_ = std::move(runs);
  });
}

void Runs::add(std::string_view text) {
  parsing([&] {
    const json report = json::parse(text);
    RunCurves run = has_current() ? runs_.back() : RunCurves{.current = true, .layers = !layers()};
    add_events(run, report.at("events"));
    if (!has_current()) runs_.emplace_back();
    runs_.back() = std::move(run);
  });
}

const RunCurves* Runs::layers() const {
  const auto chosen = std::ranges::find(runs_, true, &RunCurves::layers);
  return chosen == runs_.end() ? nullptr : &*chosen;
}

}  // namespace cnnlab
