#include <homework/dense.hpp>

#include "tests/homework/homework.hpp"
#include "tests/homework/run/answer.hpp"

namespace cnnlab::homework {

void check_answer(Checks& checks) {
  check_dense(checks, Dense::of<dense::DenseLayer, dense::DenseBlock, dense::Transition, dense::DenseNet>());
}

}  // namespace cnnlab::homework
