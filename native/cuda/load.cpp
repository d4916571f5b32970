#include <filesystem>

#include <dlfcn.h>

#include "lib/tensor/error.hpp"
#include "native/cuda/module.hpp"

namespace cnnlab {
namespace {

// The file beside the program.
void* library() {
  static void* const loaded = [] {
    const auto file = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "libcnnlab_cuda.so";
    void* const opened = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!opened)
      fail(text("cuda: a library is missing: ", dlerror(), "; install CUDA and cuDNN 9, or leave out --device cuda"));
    return opened;
  }();
  return loaded;
}

template <class Function>
Function* find(const char* name) {
  void* const found = dlsym(library(), name);
  check(found != nullptr, "cuda: libcnnlab_cuda.so is of another version (it has no ", name, "); run ./lab build");
  return reinterpret_cast<Function*>(found);
}

}  // namespace

Device* open_cuda(CudaOptions options) { return find<decltype(cnnlab_open_cuda)>("cnnlab_open_cuda")(&options); }

DeviceGroup* open_cuda_group(CudaOptions first, int count) {
  return find<decltype(cnnlab_open_cuda_group)>("cnnlab_open_cuda_group")(&first, count);
}

std::vector<std::string> cuda_info() {
  std::vector<std::string> lines;
  try {
    find<decltype(cnnlab_cuda_info)>("cnnlab_cuda_info")(&lines);
  } catch (const std::exception& error) {
    lines.emplace_back(error.what());
  }
  return lines;
}

}  // namespace cnnlab
