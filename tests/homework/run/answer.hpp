#pragma once
#include "tests/homework/checks.hpp"

namespace cnnlab::homework {

/// Checks what the learner wrote: each homework's program defines it.
void check_answer(Checks& checks);

}  // namespace cnnlab::homework
