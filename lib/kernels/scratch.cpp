#include "lib/kernels/scratch.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <new>

namespace cnnlab {
namespace {

constexpr std::align_val_t alignment{64};

struct Free {
  void operator()(float* memory) const { ::operator delete(memory, alignment); }
};

struct Buffer {
  std::unique_ptr<float, Free> memory;
  int64_t count = 0;
};

}  // namespace

float* scratch(Scratch purpose, int64_t count) {
  thread_local std::array<Buffer, scratch_kinds> buffers;
  Buffer& buffer = buffers[static_cast<size_t>(purpose)];
  if (buffer.count < count) {
    buffer.memory.reset();  // first, so that the old and the new are never held together
    buffer.memory.reset(static_cast<float*>(::operator new(static_cast<size_t>(count) * sizeof(float), alignment)));
    buffer.count = count;
  }
  return buffer.memory.get();
}

}  // namespace cnnlab
