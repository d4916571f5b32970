#include <homework/residual.hpp>

#include "tests/homework/homework.hpp"
#include "tests/homework/run/answer.hpp"

namespace cnnlab::homework {

void check_answer(Checks& checks) { check_residual(checks, Residual::of<residual::BasicBlock, residual::ResNet>()); }

}  // namespace cnnlab::homework
