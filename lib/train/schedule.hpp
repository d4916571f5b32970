#pragma once
#include <cstdint>
#include <string_view>

namespace cnnlab {

/// How the learning rate changes over a run, as a factor of the initial one.
enum class Schedule {
  constant,
  step,    ///< divided by 10 after half and after three quarters of all steps (He et al., CVPR 2016, section 4.2)
  cosine,  ///< (1 + cos(π·t)) / 2 (Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts)
};

/// "constant", "step" or "cosine"; Error for anything else.
Schedule parse_schedule(std::string_view name);
std::string_view schedule_name(Schedule schedule);

/// The factor at step `step` (from 0) of `total`.
double schedule_factor(Schedule schedule, int64_t step, int64_t total);

}  // namespace cnnlab
