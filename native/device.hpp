#pragma once
#include <string>

namespace cnnlab {

// Implemented in cuda/ or no_cuda/, whichever CMake builds.

/// Lets all ops run on the graphics card. Throws Error, saying what is missing, when that cannot be done.
void use_cuda();
/// One line on what CUDA can do here, for `cnnlab info`.
std::string cuda_info();

}  // namespace cnnlab
