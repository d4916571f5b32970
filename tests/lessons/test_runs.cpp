// The recorded runs that come with lesson compare: files that `cnnlab race --log` wrote, which the page shows and the
// prose speaks of.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lessons/contestant.hpp"
#include "lessons/cost.hpp"
#include "lib/io/files.hpp"
#include "tests/lessons/facts.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

const std::string folder = SOURCE_TREE "lessons/07_compare/runs/";

struct Run {
  json start;
  std::vector<json> events;  // all but the first line

  // What one network says of itself at the ends of its epochs.
  std::vector<double> epochs(const std::string& net, const std::string& value) const {
    std::vector<double> found;
    for (const json& event : events)
      if (event["event"] == "epoch" && event["net"] == net) found.push_back(event[value]);
    return found;
  }
  // The steps that it took.
  double trained(const std::string& net) const {
    double steps = 0;
    for (const json& event : events)
      if (event["event"] == "step" && event["net"] == net) steps = event["step"];
    return steps;
  }
  double last(const std::string& net, const std::string& value) const {
    const auto found = epochs(net, value);
    REQUIRE_FALSE(found.empty());
    return found.back();
  }
};

Run run(const std::string& name) {
  const Bytes bytes = read_file(folder + name + ".jsonl");
  CHECK(bytes.size() < 60'000);  // the page fetches it
  REQUIRE(bytes.back() == '\n');
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  Run run;
  std::string line;
  std::getline(lines, line);
  run.start = json::parse(line);
  while (std::getline(lines, line)) run.events.push_back(json::parse(line));
  return run;
}

Shape image_of(const Run& run) { return run.start["data"] == "cifar10" ? Shape{3, 32, 32} : Shape{1, 28, 28}; }

// The gradient norms of a network's convolutions at its first step, from the image to the loss.
std::vector<double> first_gradients(const Run& run, const std::string& net) {
  std::vector<double> found;
  for (const json& event : run.events) {
    if (event["event"] != "norms" || event["net"] != net || event["step"] != 1) continue;
    for (const json& norm : event["norms"])
      if (norm["name"].get<std::string>().ends_with("conv.weight")) found.push_back(norm["gradient"]);
  }
  return found;
}

}  // namespace

TEST_CASE("recorded runs are whole, and of networks that are what they were when they ran") {
  for (const std::string name : {"cifar10", "vanishing", "mnist"}) {
    INFO(name);
    const Run recorded = run(name);
    const json& start = recorded.start;
    REQUIRE(start["event"] == "race");
    const std::string command = start["command"];
    CHECK(command.starts_with("cnnlab race --lessons "));
    CHECK(command.find('/') == command.npos);  // no place on the machine that it ran on
    CHECK(command.find(text("--seed ", start["seed"].get<int>())) != command.npos);
    std::map<std::string, int> ends;
    for (const json& event : recorded.events) ends[event["net"]] += event["event"] == "finish";
    CHECK(ends.size() == start["nets"].size());
    for (const json& net : start["nets"]) {
      const std::string named = net["net"];
      INFO(named);
      const Contestant now = find_contestant(named);
      CHECK(net["lesson"] == now.lesson->id);
      CHECK(net["options"] == json(now.options));
      CHECK(net["title_en"] == now.title_en);
      CHECK(net["title_ko"] == now.title_ko);
      const NetworkCost cost = cost_of(*now.lesson->make(now.options, image_of(recorded)), image_of(recorded));
      CHECK(net["parameters"] == cost.parameters);
      CHECK(net["multiply_adds"] == cost.multiply_adds);
      CHECK(ends[named] == 1);
      for (const double total : recorded.epochs(named, "test_total")) CHECK(total == start["test_images"]);
    }
  }
}

TEST_CASE("on CIFAR-10 the deeper plain net trains worse than the shallower one, and with shortcuts that is mended") {
  const Run recorded = run("cifar10");
  const auto plain20 = recorded.epochs("plain20", "train_loss"), plain56 = recorded.epochs("plain56", "train_loss"),
             residual20 = recorded.epochs("residual20", "train_loss"),
             residual56 = recorded.epochs("residual56", "train_loss");
  auto fact = facts("compare");
  REQUIRE(static_cast<double>(plain20.size()) == fact.at("cifar_epochs"));
  for (size_t epoch = 0; epoch < 10; ++epoch) {
    INFO("epoch " << epoch + 1);
    CHECK(plain56[epoch] > plain20[epoch]);
  }
  CHECK(residual20.back() < plain20.back());
  for (size_t epoch = 0; epoch < 10; ++epoch)
    CHECK((residual56[epoch] < plain56[epoch]) == (static_cast<double>(epoch + 1) >= fact.at("cifar_overtakes")));
  // What the prose says of it.
  CHECK(fact.at("cifar_train_images") == recorded.start["train_images"]);
  CHECK(fact.at("cifar_test_images") == recorded.start["test_images"]);
  for (const std::string net : {"plain20", "plain56", "residual20", "residual56"}) {
    INFO(net);
    CHECK(fact.at("cifar_" + net + "_loss") == Approx(recorded.last(net, "train_loss")).epsilon(1e-6));
    CHECK(fact.at("cifar_" + net + "_first_loss") == Approx(recorded.epochs(net, "train_loss")[0]).epsilon(1e-6));
    CHECK(fact.at("cifar_" + net + "_correct") == recorded.last(net, "test_correct"));
  }
}

TEST_CASE("the figure of the race on CIFAR-10 shows the losses that were recorded") {
  const Run recorded = run("cifar10");
  for (const std::string language : {"en", "ko"}) {
    const Bytes bytes = read_file(folder + "../figures/cifar10." + language + ".svg");
    const std::string figure(bytes.begin(), bytes.end());
    for (const std::string net : {"plain20", "plain56", "residual20", "residual56"}) {
      INFO(language << " " << net);
      const std::string begin = "data-net=\"" + net + "\" points=\"";
      const size_t at = figure.find(begin);
      REQUIRE(at != figure.npos);
      std::istringstream points(figure.substr(at + begin.size()));
      for (const double loss : recorded.epochs(net, "train_loss")) {
        double x = 0, y = 0;
        char comma = 0;
        points >> x >> comma >> y;
        CHECK((236 - y) / 78.4 == Approx(loss).margin(0.001));  // its line of 0 lies at 236, a loss of 1 is 78.4 high
      }
    }
  }
}

TEST_CASE(
    "without BatchNorm the first layer's gradient is a hundredth of the last's at most, and far less with 56 layers") {
  const Run recorded = run("vanishing");
  auto fact = facts("compare");
  const auto decades = [&](int depth) {
    const auto norms = first_gradients(recorded, text("plain", depth, ":batch_norm=0"));
    REQUIRE(norms.size() == static_cast<size_t>(depth - 1));
    return std::log10(norms.back() / norms.front());
  };
  for (const int depth : {8, 20, 56}) {
    INFO(depth);
    CHECK(decades(depth) >= 2);
    CHECK(fact.at(text("vanishing", depth, "_decades")) == std::round(decades(depth)));
  }
  CHECK(decades(56) > 3 * decades(8));
  for (const json& event : recorded.events)  // nothing is learned
    if (event["event"] == "step") CHECK(event["loss"] == Approx(std::log(10)).margin(0.1));
}

TEST_CASE("what the prose says of the race on MNIST is what was recorded") {
  const Run recorded = run("mnist");
  auto fact = facts("compare");
  const auto speed = [&](const std::string& net) {
    const auto end = std::ranges::find_if(
        recorded.events, [&](const json& event) { return event["event"] == "finish" && event["net"] == net; });
    return (*end)["train_images_per_second"].get<double>();
  };
  for (const json& net : recorded.start["nets"]) {
    const std::string name = net["net"];
    INFO(name);
    CHECK(recorded.trained(name) == fact.at("mnist_steps"));
    CHECK(fact.at("mnist_test_images") == recorded.start["test_images"]);
    CHECK(fact.at("mnist_" + name + "_correct") == recorded.last(name, "test_correct"));
    CHECK(fact.at("mnist_" + name + "_parameters") == net["parameters"]);
    CHECK(fact.at("mnist_" + name + "_mults") == net["multiply_adds"]);
    CHECK(fact.at("mnist_" + name + "_memory") == Approx(net["memory"].get<double>() / 1e6).epsilon(1e-9));
    CHECK(fact.at("mnist_" + name + "_time") == Approx(speed("inception") / speed(name)).epsilon(1e-3));
  }
}
