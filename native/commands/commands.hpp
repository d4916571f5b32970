#pragma once
#include "native/cli/command.hpp"

namespace cnnlab {

// One file each.
Command train_command();
Command race_command();
Command eval_command();
Command predict_command();
Command step_command();
Command summary_command();
Command lessons_command();
Command info_command();
Command bench_command();

}  // namespace cnnlab
