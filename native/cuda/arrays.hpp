#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab::cuda {

/// Numbers that lie apart: `run` of them, and again every `stride`. So the images of some channels lie in a tensor that
/// has more of them.
template <class T>
struct Runs {
  T* first;
  int64_t run, stride;
};

/// Some of a card's memory: bytes in runs, as far as the piece reaches that was allocated; or, without runs, that whole
/// piece, by any address in it.
struct Piece {
  const void* address = nullptr;
  int64_t run = 0, stride = 0;
};

/// Where a piece lies in what was allocated, from its beginning; without runs it is the whole.
struct Extent {
  int64_t offset = 0, run = 0, stride = 0;
  bool operator==(const Extent&) const = default;
};

/// Whether two pieces of one allocation may have bytes in common.
inline bool overlap(const Extent& a, const Extent& b) {
  if (a.run == 0 || b.run == 0 || a.stride != b.stride) return true;
  const int64_t first_a = a.offset % a.stride, first_b = b.offset % b.stride;
  const bool apart = first_a + a.run <= first_b || first_b + b.run <= first_a;
  return !apart || first_a + a.run > a.stride || first_b + b.run > b.stride;
}

/// What a piece of work reads and writes (perhaps after it has read it) of a card's memory.
struct Arrays {
  std::vector<Piece> read{}, written{};
  bool copies = false;  ///< what is written is what was read, and nothing else is done

  template <class T>
  void add(const Runs<T>& runs) {
    const auto bytes = static_cast<int64_t>(sizeof(T));
    add(runs.first, {runs.first, runs.run * bytes, runs.stride * bytes});
  }
  template <class T>
  void add(T* numbers) {
    add(numbers, {numbers});
  }
  template <class T>
  void add(std::span<T> numbers) {
    add(numbers.data());
  }

 private:
  template <class T>
  void add(const T* first, const Piece& piece) {
    if (first) read.push_back(piece);
  }
  template <class T>
  void add(T* first, const Piece& piece) {
    if (first) written.push_back(piece);
  }
};

/// Which stream work may go to: `branch`, to another than what it needs; `follow`, for what is too small for that, to
/// that of what it reads; or the main one.
enum class Way { branch, follow, main };

/// Of what is given; its type tells what is done to it: `float*` is written, `const float*` read.
template <class... Numbers>
Arrays arrays_of_work(Numbers... each) {
  Arrays arrays;
  (arrays.add(each), ...);
  return arrays;
}
/// Those of a kernel, which shows them in the same way.
template <class Kernel>
Arrays arrays_of(const Kernel& kernel) {
  Arrays arrays;
  kernel.each_array([&arrays](auto... each) { (arrays.add(each), ...); });
  return arrays;
}

}  // namespace cnnlab::cuda
