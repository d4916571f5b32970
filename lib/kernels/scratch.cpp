#include "lib/kernels/scratch.hpp"

#include <array>
#include <cstddef>

#include "lib/tensor/memory.hpp"

namespace cnnlab {
namespace {

struct Buffer {
  float* memory = nullptr;
  int64_t count = 0;

  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }
  void release() {
    if (memory) free_numbers(memory, static_cast<size_t>(count) * sizeof(float));
    memory = nullptr;
  }
};

}  // namespace

float* scratch(Scratch purpose, int64_t count) {
  thread_local std::array<Buffer, scratch_kinds> buffers;
  Buffer& buffer = buffers[static_cast<size_t>(purpose)];
  if (buffer.count < count) {
    buffer.release();  // first, so that the old and the new are never held together
    buffer.memory = static_cast<float*>(allocate_numbers(static_cast<size_t>(count) * sizeof(float)));
    buffer.count = count;
  }
  return buffer.memory;
}

}  // namespace cnnlab
