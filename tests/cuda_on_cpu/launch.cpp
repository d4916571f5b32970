#include "native/cuda/launch.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <typeinfo>

#include "lib/tensor/error.hpp"
#include "native/cuda/arrays.hpp"
#include "native/cuda/status.hpp"
#include "tests/cuda_on_cpu/card.hpp"

// In place of kernels.cu: the same kernels as loops. They run backwards, since a card promises no order.
namespace cnnlab::cuda {
namespace {

using testing::Card;

// The kernel's arrays, by the types of its members; and it must have named all that it could touch.
template <class Kernel>
testing::Touched touched_by(Kernel kernel) {
#if __has_builtin(__builtin_clear_padding)
  __builtin_clear_padding(&kernel);  // what lay behind a flag before might look like an array
#endif
  const Card& card = Card::instance();
  const Arrays arrays = arrays_of(kernel);
  for (size_t at = 0; at + sizeof(void*) <= sizeof(Kernel); at += sizeof(void*)) {
    const void* address = nullptr;
    std::memcpy(&address, reinterpret_cast<const std::byte*>(&kernel) + at, sizeof address);
    const auto names = [&](const auto& list) {
      return std::ranges::find(list, address, &Piece::address) != list.end();
    };
    check(!card.inside(address) || !card.owns(address, 1) || names(arrays.read) || names(arrays.written),
          "cuda_on_cpu: a kernel keeps an array to itself: ", typeid(Kernel).name());
  }
  testing::Touched touched{.by = typeid(Kernel).name()};
  const auto piece = [](const Piece& each) {
    return testing::Piece{each.address, static_cast<size_t>(each.run), static_cast<size_t>(each.stride)};
  };
  for (const Piece& each : arrays.read) touched.read.push_back(piece(each));
  for (const Piece& each : arrays.written) touched.written.push_back(piece(each));
  return touched;
}

void submit(cudaStream_t stream, testing::Touched touched, testing::Work work) {
  Card& card = Card::instance();
  const bool bad = card.fails("launch") || !card.takes_kernels(stream);
  check_status(bad ? cudaErrorUnknown : cudaSuccess, "starting a kernel");
  card.submit(stream, std::move(touched), std::move(work));
}

}  // namespace

template <class Kernel>
void launch(cudaStream_t stream, int64_t count, const Kernel& kernel) {
  if (count == 0) return;
  submit(stream, touched_by(kernel), [kernel, count] {
    for (int64_t at = count - 1; at >= 0; --at) kernel(at);
  });
}

template <class Kernel>
void launch_blocks(cudaStream_t stream, int64_t blocks, const Kernel& kernel) {
  if (blocks == 0) return;
  submit(stream, touched_by(kernel), [kernel, blocks] {
    for (int64_t block = blocks - 1; block >= 0; --block) {
      const auto shared = std::make_unique<typename Kernel::Shared>();
      for (int phase = 0; phase < Kernel::phases; ++phase)
        for (int thread = block_threads - 1; thread >= 0; --thread) kernel(phase, *shared, block, thread);
    }
  });
}

#define CNNLAB_INSTANTIATE(Kernel) template void launch(cudaStream_t, int64_t, const Kernel&);
CNNLAB_GRID_KERNELS(CNNLAB_INSTANTIATE)
#undef CNNLAB_INSTANTIATE
#define CNNLAB_INSTANTIATE(Kernel) template void launch_blocks(cudaStream_t, int64_t, const Kernel&);
CNNLAB_BLOCK_KERNELS(CNNLAB_INSTANTIATE)
#undef CNNLAB_INSTANTIATE

}  // namespace cnnlab::cuda
