#pragma once
#include <cstdint>

namespace cnnlab {

/// What a kernel keeps in scratch memory, one buffer each.
enum class Scratch { weights, partial_sums, x, dy, tile, x_tiles, dy_tiles, products };
inline constexpr int scratch_kinds = 8;

/// The calling thread's own buffer for one purpose, at least `count` numbers, aligned to 64 bytes. Its content is
/// undefined and it is valid until this thread asks for the same purpose again. It grows and is kept, so that training
/// allocates nothing after the first step.
float* scratch(Scratch purpose, int64_t count);

}  // namespace cnnlab
