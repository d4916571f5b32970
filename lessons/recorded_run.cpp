#include "lessons/recorded_run.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cnnlab {
namespace {

using nlohmann::json;

RecordedRun begin(const json& race) {
  RecordedRun run{.command = race.at("command"),
                  .data = race.at("data"),
                  .train_images = race.at("train_images"),
                  .test_images = race.at("test_images"),
                  .batch = race.at("batch"),
                  .seed = race.at("seed"),
                  .nets = {}};
  for (const json& net : race.at("nets")) {
    run.nets.push_back({.name = net.at("net"),
                        .parameters = net.at("parameters"),
                        .multiply_adds = net.at("multiply_adds"),
                        .memory = net.at("memory")});
  }
  return run;
}

void follow(RecordedRun::Net& net, const json& event) {
  const std::string& kind = event.at("event").get_ref<const std::string&>();
  if (kind == "step") {
    net.steps.push_back({.step = event.at("step"), .loss = event.at("loss")});
  } else if (kind == "epoch") {
    net.epochs.push_back({.train_loss = event.at("train_loss"),
                          .test_loss = event.at("test_loss"),
                          .test_correct = event.at("test_correct")});
  } else if (kind == "norms") {
    auto& norms = net.norms[event.at("step")];
    for (const json& norm : event.at("norms"))
      norms.push_back({.name = norm.at("name"), .gradient = norm.at("gradient"), .weight = norm.at("weight")});
  } else if (kind == "finish") {
    net.images_per_second = event.at("train_images_per_second");
  }
}

}  // namespace

double RecordedRun::Net::loss_at(int64_t step) const {
  const auto found = std::ranges::find(steps, step, &Step::step);
  check(found != steps.end(), "recorded run: ", name, " has logged no step ", step);
  return found->loss;
}

int64_t RecordedRun::Net::first_below(double loss) const {
  const auto found = std::ranges::find_if(steps, [&](const Step& step) { return step.loss < loss; });
  return found == steps.end() ? 0 : found->step;
}

const RecordedRun::Norm& RecordedRun::Net::norm(int64_t step, std::string_view parameter) const {
  const auto all = norms.find(step);
  check(all != norms.end(), "recorded run: ", name, " has logged no norms at step ", step);
  const auto found = std::ranges::find(all->second, parameter, &Norm::name);
  check(found != all->second.end(), "recorded run: ", name, " has no parameter ", parameter);
  return *found;
}

std::vector<RecordedRun::Norm> RecordedRun::Net::first_convolutions() const {
  const auto first = norms.find(1);
  check(first != norms.end(), "recorded run: ", name, " has logged no norms at its first step");
  std::vector<Norm> found;
  for (const Norm& norm : first->second) {
    const bool convolution = norm.name.find("conv") != norm.name.npos;
    if (convolution && norm.name.ends_with(".weight")) found.push_back(norm);
  }
  return found;
}

const RecordedRun::Net& RecordedRun::net(std::string_view name) const {
  const auto found = std::ranges::find(nets, name, &Net::name);
  check(found != nets.end(), "recorded run: ", name, " took no part in ", command);
  return *found;
}

RecordedRun parse_run(std::string_view log, const std::string& where) {
  RecordedRun run;
  for (int line = 1; !log.empty(); ++line) {
    const size_t end = std::min(log.find('\n'), log.size());
    try {
      const json event = json::parse(log.substr(0, end));
      if (line == 1) {
        check(event.at("event") == "race", "does not begin with an event \"race\"");
        run = begin(event);
      } else {
        const auto net = std::ranges::find(run.nets, event.at("net").get<std::string>(), &RecordedRun::Net::name);
        check(net != run.nets.end(), event.at("net"), " took no part");
        follow(*net, event);
      }
    } catch (const std::exception& error) {
      fail(text(where, ":", line, ": ", error.what()));
    }
    log.remove_prefix(std::min(end + 1, log.size()));
  }
  check(!run.nets.empty(), where, ": holds no race");
  return run;
}

const RecordedRun& recorded_run(std::string_view name) {
  static const auto all = [] {
    std::map<std::string, RecordedRun, std::less<>> runs;
    for (const SourceFile& log : recorded_logs()) {
      const size_t from = log.path.rfind('/') + 1;
      runs.emplace(log.path.substr(from, log.path.rfind('.') - from), parse_run(log.text, std::string(log.path)));
    }
    return runs;
  }();
  const auto found = all.find(name);
  check(found != all.end(), "there is no recorded run \"", name, "\"");
  return found->second;
}

}  // namespace cnnlab
