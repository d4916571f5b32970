#pragma once
#include <string>
#include <vector>

#include "lib/tensor/device_group.hpp"

namespace cnnlab {

// Implemented in cuda/ or no_cuda/, whichever CMake builds.

struct CudaOptions {
  int index = 0;      ///< which card
  bool tf32 = false;  ///< products of rounded factors: faster, less exact
};
/// A graphics card, which stays open as long as the program runs. Throws Error, saying what is missing, when there is
/// none that can be used.
Device* open_cuda(CudaOptions options);
/// So many cards, the first of which leads; as open_cuda.
DeviceGroup* open_cuda_group(CudaOptions first, int count);
/// What CUDA can do here, line by line, for `cnnlab info`.
std::vector<std::string> cuda_info();

}  // namespace cnnlab
