#pragma once
#include <span>
#include <vector>

namespace cnnlab::cuda {

/// What a piece of work reads and writes (perhaps after it has read it) of a card's memory; each by any address in it.
struct Arrays {
  std::vector<const void*> read{}, written{};

  template <class T>
  void add(const T* numbers) {
    if (numbers) read.push_back(numbers);
  }
  template <class T>
  void add(T* numbers) {
    if (numbers) written.push_back(numbers);
  }
  template <class T>
  void add(std::span<T> numbers) {
    add(numbers.data());
  }
};

/// Which stream work may go to: `branch`, to another than what it needs; `follow`, for what is too small for that, to
/// that of what it reads; or the main one.
enum class Way { branch, follow, main };

/// Those of a kernel, which tells them by its types: `float*` is written, `const float*` read.
template <class Kernel>
Arrays arrays_of(const Kernel& kernel) {
  Arrays arrays;
  kernel.each_array([&arrays](auto*... each) { (arrays.add(each), ...); });
  return arrays;
}
template <class... Numbers>
Arrays arrays_of(std::span<Numbers>... each) {
  Arrays arrays;
  (arrays.add(each), ...);
  return arrays;
}

}  // namespace cnnlab::cuda
