#define CATCH_CONFIG_RUNNER
#include <iostream>

#include <catch2/catch.hpp>
#include <cuda_runtime_api.h>

// The tests that want a real card; where there is none they are skipped.
int main(int count, char* arguments[]) {
  int cards = 0;
  if (cudaGetDeviceCount(&cards) != cudaSuccess || cards == 0) {
    std::cout << "skipped: there is no NVIDIA graphics card with its driver\n";
    return 0;
  }
  return Catch::Session().run(count, arguments);
}
