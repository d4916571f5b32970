// The recorded runs: files that `cnnlab race --log` wrote, from which the prose has its numbers. What the prose says of
// them in words has to be so.
#include <algorithm>
#include <cmath>
#include <sstream>

#include <catch2/catch.hpp>

#include "lessons/contestant.hpp"
#include "lessons/cost.hpp"
#include "lessons/recorded_run.hpp"
#include "lib/io/files.hpp"
#include "tests/lessons/facts.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

Shape image_of(const RecordedRun& run) { return run.data == "cifar10" ? Shape{3, 32, 32} : Shape{1, 28, 28}; }

int64_t correct(const RecordedRun& run, const std::string& net) { return run.net(net).epochs.back().test_correct; }
double train_loss(const RecordedRun& run, const std::string& net) { return run.net(net).epochs.back().train_loss; }

// From the first convolution's gradient to the last's, at the first step.
double decades(const RecordedRun& run, const std::string& net) {
  const auto gradients = run.net(net).first_convolutions();
  return std::log10(gradients.back().gradient / gradients.front().gradient);
}

// By how many one net reads more than another.
double ahead(const RecordedRun& run, const std::string& net, const std::string& other) {
  return static_cast<double>(correct(run, net) - correct(run, other));
}

// How far chance moves a count of right ones (binomial).
double deviation(const RecordedRun& run, const std::string& net) {
  const auto count = static_cast<double>(correct(run, net));
  return std::sqrt(count * (1 - count / static_cast<double>(run.test_images)));
}

}  // namespace

TEST_CASE("recorded runs are whole, and of networks that are what they were when they ran") {
  REQUIRE(recorded_logs().size() >= 13);
  for (const SourceFile& log : recorded_logs()) {
    INFO(log.path);
    CHECK(log.text.size() < 80'000);  // the page fetches it
    CHECK(log.text.ends_with('\n'));
    const RecordedRun run = parse_run(log.text, std::string(log.path));
    CHECK(run.command.starts_with("cnnlab race --lessons "));
    CHECK(run.command.find('/') == run.command.npos);  // no place on the machine that it ran on
    CHECK(run.command.find(text("--seed ", run.seed)) != run.command.npos);
    for (const RecordedRun::Net& net : run.nets) {
      INFO(net.name);
      const Contestant now = find_contestant(net.name);
      const NetworkCost cost = cost_of(*now.lesson->make(now.options, image_of(run)), image_of(run));
      CHECK(net.parameters == cost.parameters);
      CHECK(net.multiply_adds == cost.multiply_adds);
      CHECK(net.memory > 4 * net.parameters);
      CHECK(net.images_per_second > 0);  // it came to its end
      CHECK_FALSE(net.epochs.empty());
      CHECK(net.epochs.size() == run.nets.front().epochs.size());
    }
  }
}

TEST_CASE("a log that is none is refused, with its line") {
  const std::string race =
      R"({"event":"race","command":"c","data":"mnist","train_images":4,"test_images":2,"batch":3,"seed":1,)"
      R"("nets":[{"net":"a","parameters":1,"multiply_adds":2,"memory":3}]})"
      "\n";
  const RecordedRun run = parse_run(race + R"({"event":"step","net":"a","step":5,"loss":1.5})", "log");
  CHECK(run.steps_per_epoch() == 2);
  CHECK(run.net("a").loss_at(5) == 1.5);
  CHECK(run.net("a").first_below(1.6) == 5);
  CHECK(run.net("a").first_below(1.5) == 0);
  CHECK_THROWS_WITH(run.net("a").loss_at(6), "recorded run: a has logged no step 6");
  CHECK_THROWS_WITH(run.net("a").first_convolutions(), "recorded run: a has logged no norms at its first step");
  CHECK_THROWS_WITH(run.net("b"), "recorded run: b took no part in c");
  CHECK_THROWS_WITH(parse_run("", "log"), "log: holds no race");
  CHECK_THROWS_WITH(parse_run("{\"event\":\"step\"}\n", "log"), "log:1: does not begin with an event \"race\"");
  CHECK_THROWS_WITH(parse_run(race + "{\"event\":\"step\",\"net\":\"b\"}", "log"), "log:2: \"b\" took no part");
  CHECK_THROWS_WITH(parse_run(race + "{", "log"), Catch::StartsWith("log:2: [json"));
  CHECK_THROWS_WITH(recorded_run("x"), "there is no recorded run \"x\"");
}

TEST_CASE("1x1: the narrower the bottleneck the later it starts, and only one channel costs digits") {
  const RecordedRun& run = recorded_run("one_by_one");
  const double chance = deviation(run, "direct");
  CHECK(std::abs(ahead(run, "direct", "bottleneck")) < chance);
  CHECK(ahead(run, "direct", "bottleneck:width=2") < 2 * chance);
  CHECK(ahead(run, "direct", "bottleneck:width=1") > 3 * chance);
  CHECK(run.net("direct").first_below(1) < run.net("bottleneck").first_below(1));
  CHECK(run.net("bottleneck:width=2").first_below(1) > 3 * run.steps_per_epoch() / 4);
  CHECK(facts("one_by_one").at("run_time_ratio") < facts("one_by_one").at("net_ratio"));
}

TEST_CASE("deeper: from four modules on nothing is learnt, unless the steps are larger, and then with four only") {
  const RecordedRun &run = recorded_run("deeper"), &pushed = recorded_run("deeper_pushed");
  constexpr int64_t ones = 1135;  // of MNIST's test images
  CHECK(correct(run, "deeper3") < correct(run, "deeper2"));
  const auto later = static_cast<double>(run.net("deeper3").first_below(2) - run.net("deeper2").first_below(2));
  CHECK(later / static_cast<double>(run.net("deeper2").first_below(2)) ==
        Approx(2).margin(0.5));  // three times as late
  for (const std::string net : {"deeper4", "deeper5", "deeper6"}) {
    CHECK(correct(run, net) == ones);
    CHECK(run.net(net).first_below(2) == 0);
  }
  CHECK(correct(pushed, "deeper4") > 9800);
  CHECK(correct(pushed, "deeper5") == ones);
  auto fact = facts("deeper");  // something like a tenth at each stage
  for (const int modules : {3, 4, 5, 6}) {
    CHECK(fact.at(text("run", modules, "_shrunk")) / fact.at(text("run", modules - 1, "_shrunk")) ==
          Approx(12).margin(10));
  }
}

TEST_CASE(
    "without BatchNorm the first layer's gradient is a hundredth of the last's at most, and far less with 56 layers") {
  const RecordedRun& run = recorded_run("vanishing");
  for (const int depth : {8, 20, 32, 56}) {
    INFO(depth);
    const std::string net = text("plain", depth, ":batch_norm=0");
    REQUIRE(run.net(net).first_convolutions().size() == static_cast<size_t>(depth - 1));
    CHECK(decades(run, net) >= 2);
    CHECK(correct(run, net) == 1135);  // the ones: nothing is learnt
    for (const RecordedRun::Step& step : run.net(net).steps) CHECK(step.loss == Approx(std::log(10)).margin(0.1));
  }
  CHECK(decades(run, "plain56:batch_norm=0") > 3 * decades(run, "plain8:batch_norm=0"));
}

TEST_CASE("with BatchNorm gradients arrive, and the deeper plain net learns worse all the same") {
  const RecordedRun& run = recorded_run("degradation");
  const std::vector<std::string> nets{"plain8", "plain20", "plain32", "plain56"};
  for (size_t i = 1; i < nets.size(); ++i) {
    INFO(nets[i]);
    CHECK(decades(run, nets[i]) < 0);  // the first is the larger
    CHECK(decades(run, nets[i]) < decades(run, nets[i - 1]));
    CHECK(run.net(nets[i]).loss_at(900) > run.net(nets[i - 1]).loss_at(900));
  }
  CHECK(correct(run, "plain8") < correct(run, "plain20"));  // of which the prose says that it will be explained
  CHECK(facts("degradation").at("race_ratio") > 4);
}

TEST_CASE("with shortcuts the deep net learns hardly worse, and tests well once the steps get smaller") {
  const RecordedRun &race = recorded_run("residual"), &cosine = recorded_run("residual_cosine");
  const auto late = [&](const std::string& net) { return race.net(net).loss_at(900); };
  CHECK(late("plain56") > 4 * late("residual56"));
  CHECK(late("plain56") > 4 * late("plain20"));
  CHECK(late("residual56") < 1.2 * late("residual20"));
  CHECK(late("residual20") < late("plain20"));
  CHECK(race.net("residual20").loss_at(100) < race.net("plain20").loss_at(100));
  // The number that does not fit, and what becomes of it.
  CHECK(late("residual56") < late("plain20"));
  CHECK(correct(race, "residual56") < correct(race, "plain20") - 50);
  const std::vector<int64_t> three{correct(cosine, "plain20"), correct(cosine, "residual20"),
                                   correct(cosine, "residual56")};
  const auto [fewest, most] = std::minmax_element(three.begin(), three.end());
  CHECK(static_cast<double>(*most - *fewest) < 2 * deviation(cosine, "plain20"));
  CHECK(*fewest - correct(cosine, "plain56") > 1000);
  // The same nets from the same seed as in the other race, and nobody's numbers depend on who else takes part.
  for (const std::string net : {"plain20", "plain56"})
    CHECK(race.net(net).loss_at(900) == recorded_run("degradation").net(net).loss_at(900));
}

TEST_CASE(
    "dense: from one end to the other gradients differ by little, and in the test a fall of the loss may cost digits") {
  const RecordedRun &norms = recorded_run("dense"), &run = recorded_run("augmented");
  for (const std::string net : {"dense10", "dense22", "dense40", "dense58"}) {
    INFO(net);
    CHECK(std::abs(decades(norms, net)) < 1.5);
  }
  CHECK(facts("dense").at("norm58_times") < 0.01 * facts("dense").at("plain56_times"));
  for (const std::string net : {"residual20", "dense22"})
    CHECK(run.test_images - correct(run, net) == Approx(60).margin(10));
  CHECK(std::abs(ahead(run, "residual20", "dense22")) < 2 * deviation(run, "dense22"));
  const auto falls_and_tests_worse = [&](const std::string& net, size_t epoch) {
    const auto& epochs = run.net(net).epochs;
    return epochs[epoch].train_loss < epochs[epoch - 1].train_loss &&
           epochs[epoch].test_correct < epochs[epoch - 1].test_correct;
  };
  CHECK(falls_and_tests_worse("dense22", 3));
  CHECK(falls_and_tests_worse("residual20", 2));
}

TEST_CASE("on CIFAR-10 the deeper plain net trains worse than the shallower one, and with shortcuts that is mended") {
  auto fact = facts("compare");
  for (const std::string name : {"cifar10", "cifar10_seed2"}) {
    INFO(name);
    const RecordedRun& run = recorded_run(name);
    const auto &plain20 = run.net("plain20").epochs, &plain56 = run.net("plain56").epochs;
    for (size_t epoch = 0; epoch < plain20.size(); ++epoch)
      CHECK(plain56[epoch].train_loss > plain20[epoch].train_loss);
    CHECK(train_loss(run, "residual56") < train_loss(run, "plain56"));
    CHECK(train_loss(run, "residual20") < train_loss(run, "plain20"));
  }
  const RecordedRun& run = recorded_run("cifar10");
  const auto &plain56 = run.net("plain56").epochs, &residual56 = run.net("residual56").epochs;
  for (size_t epoch = 0; epoch < plain56.size(); ++epoch) {
    INFO("epoch " << epoch + 1);
    CHECK((residual56[epoch].train_loss < plain56[epoch].train_loss) ==
          (static_cast<double>(epoch + 1) >= fact.at("cifar_overtakes")));
  }
}

TEST_CASE("the figure of the race on CIFAR-10 shows the losses that were recorded") {
  const RecordedRun& run = recorded_run("cifar10");
  for (const std::string language : {"en", "ko"}) {
    const Bytes bytes = read_file(SOURCE_TREE "lessons/07_compare/figures/cifar10." + language + ".svg");
    const std::string figure(bytes.begin(), bytes.end());
    for (const RecordedRun::Net& net : run.nets) {
      INFO(language << " " << net.name);
      const size_t curve = figure.find("data-net=\"" + net.name + "\"");
      REQUIRE(curve != figure.npos);
      std::istringstream points(figure.substr(figure.find("points=\"", curve) + 8));
      for (const RecordedRun::Epoch& epoch : net.epochs) {
        double x = 0, y = 0;
        char comma = 0;
        points >> x >> comma >> y;
        // Its line of 0 lies at 236, a loss of 1 is 78.4 high.
        CHECK((236 - y) / 78.4 == Approx(epoch.train_loss).margin(0.001));
      }
    }
  }
}

TEST_CASE(
    "on MNIST all nets are close, and a net of 20 layers jumps further between two epochs than it is from others") {
  for (const std::string name : {"mnist", "mnist_seed2"}) {
    INFO(name);
    const RecordedRun& run = recorded_run(name);
    std::vector<int64_t> counts;
    for (const RecordedRun::Net& net : run.nets) counts.push_back(net.epochs.back().test_correct);
    const auto [fewest, most] = std::minmax_element(counts.begin(), counts.end());
    CHECK(*most - *fewest < 100);
    CHECK(*most == correct(run, "plain20"));
    CHECK(ahead(run, "plain20", "residual20") > 0);
  }
  const auto& jumps = recorded_run("mnist_seed2").net("residual20").epochs;
  CHECK(jumps[2].test_correct - jumps[1].test_correct > 200);
  CHECK(jumps[1].train_loss < recorded_run("mnist_seed2").net("plain20").epochs[1].train_loss);
  auto fact = facts("compare");  // where time and multiplications part
  CHECK(fact.at("mnist_dense22_time") > fact.at("mnist_dense22_mults_ratio"));
}
