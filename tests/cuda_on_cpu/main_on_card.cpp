#define CATCH_CONFIG_RUNNER
#include <iostream>

#include <catch2/catch.hpp>

#include "lib/tensor/error.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"

// The tests that want a real card; where there is none they are skipped.
int main(int count, char* arguments[]) {
  try {
    cnnlab::testing::test_card();
  } catch (const cnnlab::Error& error) {
    std::cout << "skipped: " << error.what() << '\n';
    return 0;
  }
  return Catch::Session().run(count, arguments);
}
