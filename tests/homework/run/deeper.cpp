#include <homework/deeper.hpp>

#include "tests/homework/homework.hpp"
#include "tests/homework/run/answer.hpp"

namespace cnnlab::homework {

void check_answer(Checks& checks) { check_deeper(checks, Deeper::of<deeper::DeeperNet>()); }

}  // namespace cnnlab::homework
