#include "native/commands/commands.hpp"

int main(int argc, char** argv) {
  using namespace cnnlab;
  return run_program({train_command(), race_command(), eval_command(), predict_command(), step_command(),
                      summary_command(), lessons_command(), info_command(), bench_command()},
                     CNNLAB_VERSION, argc, argv);
}
