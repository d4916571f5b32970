#include <cmath>

#include <catch2/catch.hpp>

#include "lib/train/schedule.hpp"

using namespace cnnlab;

TEST_CASE("schedules have their papers' values") {
  CHECK(schedule_factor(Schedule::constant, 77, 100) == 1);
  CHECK(schedule_factor(Schedule::step, 49, 100) == 1);
  CHECK(schedule_factor(Schedule::step, 50, 100) == 0.1);
  CHECK(schedule_factor(Schedule::step, 74, 100) == 0.1);
  CHECK(schedule_factor(Schedule::step, 75, 100) == 0.01);
  CHECK(schedule_factor(Schedule::cosine, 0, 100) == 1);
  CHECK(schedule_factor(Schedule::cosine, 25, 100) == Approx((1 + std::sqrt(0.5)) / 2));
  CHECK(schedule_factor(Schedule::cosine, 50, 100) == Approx(0.5));
  CHECK(schedule_factor(Schedule::cosine, 100, 100) == Approx(0).margin(1e-12));
  CHECK(schedule_factor(Schedule::cosine, 0, 0) == 1);
}

TEST_CASE("schedules are known by name") {
  for (const Schedule schedule : {Schedule::constant, Schedule::step, Schedule::cosine})
    CHECK(parse_schedule(schedule_name(schedule)) == schedule);
  CHECK(schedule_name(Schedule::cosine) == "cosine");
  CHECK_THROWS_WITH(parse_schedule("linear"), "there is no schedule \"linear\"; there are: constant, step, cosine");
}
