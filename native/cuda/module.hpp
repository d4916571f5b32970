#pragma once
#include <string>
#include <vector>

#include "native/device.hpp"

// The way into libcnnlab_cuda, which the program loads only when CUDA is asked for: it starts at once, and where a
// library is missing it can say so.
extern "C" {
cnnlab::Device* cnnlab_open_cuda(const cnnlab::CudaOptions* options);
cnnlab::DeviceGroup* cnnlab_open_cuda_group(const cnnlab::CudaOptions* first, int count);
void cnnlab_cuda_info(std::vector<std::string>* lines);
}
