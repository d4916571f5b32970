#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "lib/kernels/parallel.hpp"
#include "lib/train/race.hpp"
#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

std::shared_ptr<nn::Module> plain() { return std::make_shared<TinyNet>(); }
std::shared_ptr<nn::Module> normed() { return std::make_shared<TinyNormNet>(); }  // draws in each step: Dropout

// A trained network's state, and all that it said on the way but for speeds.
struct Course {
  std::vector<nn::NamedTensor> state;
  std::vector<double> told;
};

Course alone(const Race::Build& build) {
  const TinyData data;
  const TrainSettings settings = tiny_settings();
  manual_seed(settings.loader.seed);
  Trainer trainer(build(), train_step, settings, data.train, data.test);
  Course course;
  trainer.on_step = [&](const StepEvent& event) { course.told.push_back(event.loss); };
  trainer.on_epoch = [&](const EpochEvent& event) { course.told.push_back(event.test.loss); };
  while (trainer.advance()) {
  }
  course.state = trainer.model().state_dict();
  return course;
}

std::vector<Course> raced(const std::vector<Race::Build>& builds) {
  const TinyData data;
  Race race(builds, train_step, tiny_settings(), data.train, data.test);
  std::vector<Course> courses(builds.size());
  race.on_step = [&](size_t runner, const StepEvent& event) { courses[runner].told.push_back(event.loss); };
  race.on_epoch = [&](size_t runner, const EpochEvent& event) { courses[runner].told.push_back(event.test.loss); };
  while (race.advance()) {
  }
  for (size_t i = 0; i < race.size(); ++i) courses[i].state = race.runner(i).model().state_dict();
  return courses;
}

void check_same(const Course& got, const Course& expected) {
  CHECK(got.told == expected.told);
  REQUIRE(got.state.size() == expected.state.size());
  for (size_t i = 0; i < got.state.size(); ++i)
    CHECK(bit_difference(got.state[i].second, expected.state[i].second) == "");
}

// Says NaN at its second step when the network has no BatchNorm.
TrainStep breaks_without_batch_norm() {
  return [steps = 0](nn::Module& model, optim::SGD& optimizer, const Batch& batch) mutable {
    const float loss = train_step(model, optimizer, batch);
    const bool bare = optimizer.velocities().size() == 4;  // a weight and a bias of two layers
    const bool breaks = bare && ++steps == 2;
    return breaks ? std::numeric_limits<float>::quiet_NaN() : loss;
  };
}

}  // namespace

TEST_CASE("a network raced among others gets the bits that it gets alone, whoever else runs, with any threads") {
  const Course expected_plain = alone(plain), expected_normed = alone(normed);
  const int before = threads();
  for (const int count : {1, 3}) {
    set_threads(count);
    const auto courses = raced({normed, plain, normed});
    check_same(courses[0], expected_normed);
    check_same(courses[1], expected_plain);
    check_same(courses[2], expected_normed);
  }
  set_threads(before);
}

TEST_CASE("in a race nobody is ever more than one batch ahead") {
  const TinyData data;
  Race race({plain, normed, plain}, train_step, tiny_settings(), data.train, data.test);
  CHECK(race.size() == 3);
  int64_t pieces = 0;
  for (; !race.finished(); ++pieces) {
    REQUIRE(race.ready());
    CHECK(race.next() == static_cast<size_t>(pieces % 3));
    race.advance();
    const int64_t first = race.runner(0).progress().step, last = race.runner(2).progress().step;
    CHECK(first - last >= 0);
    CHECK(first - last <= 1);
  }
  CHECK(pieces == 3 * 10);  // of each: two epochs of three batches of training and two of testing
  CHECK_FALSE(race.advance());
  CHECK_FALSE(race.next());
  CHECK(race.ready());
}

TEST_CASE("who loses its loss drops out of the race with a message, and the others go on as if alone") {
  const TinyData data;
  const Course expected = alone(normed);
  Race race({plain, normed}, breaks_without_batch_norm(), tiny_settings(), data.train, data.test);
  std::vector<std::pair<size_t, std::string>> out;
  race.on_drop_out = [&](size_t runner, const std::string& why) { out.emplace_back(runner, why); };
  while (race.advance()) {
  }
  REQUIRE(out.size() == 1);
  CHECK(out[0].first == 0);
  CHECK_THAT(out[0].second, Catch::StartsWith("training: the loss is NaN at step 2 (epoch 1)"));
  CHECK(race.dropped_out(0) == out[0].second);
  CHECK(race.dropped_out(1).empty());
  CHECK(race.runner(0).progress().step == 1);
  const auto state = race.runner(1).model().state_dict();
  for (size_t i = 0; i < state.size(); ++i) CHECK(bit_difference(state[i].second, expected.state[i].second) == "");
}

TEST_CASE("norms are told in a race, and a race refuses what makes none") {
  const TinyData data;
  TrainSettings settings = tiny_settings();
  settings.norms_every = 3;
  Race race({plain, normed}, train_step, settings, data.train, data.test);
  std::vector<std::pair<size_t, int64_t>> told;
  race.on_norms = [&](size_t runner, const NormsEvent& event) { told.emplace_back(runner, event.step); };
  while (race.advance()) {
  }
  CHECK(told == std::vector<std::pair<size_t, int64_t>>{{0, 1}, {1, 1}, {0, 4}, {1, 4}});

  CHECK_THROWS_WITH(Race({}, train_step, settings, data.train, data.test), "race: it needs at least one network");
  settings.epochs = 0;
  CHECK_THROWS_WITH(Race({plain}, train_step, settings, data.train, data.test),
                    "training: epochs must be at least 1, got 0");
}
