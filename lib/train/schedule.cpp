#include "lib/train/schedule.hpp"

#include <cmath>
#include <numbers>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

constexpr std::string_view names[] = {"constant", "step", "cosine"};

}  // namespace

Schedule parse_schedule(std::string_view name) {
  for (int i = 0; i < 3; ++i)
    if (names[i] == name) return static_cast<Schedule>(i);
  fail(text("there is no schedule \"", name, "\"; there are: constant, step, cosine"));
}

std::string_view schedule_name(Schedule schedule) { return names[static_cast<int>(schedule)]; }

double schedule_factor(Schedule schedule, int64_t step, int64_t total) {
  const double done = total > 0 ? static_cast<double>(step) / static_cast<double>(total) : 0;
  if (schedule == Schedule::cosine) return (1 + std::cos(std::numbers::pi * done)) / 2;
  if (schedule == Schedule::step) return done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01;
  return 1;
}

}  // namespace cnnlab
