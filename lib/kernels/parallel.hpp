#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace cnnlab {

/// The number of threads that kernels use; 1 … 256, by default one for each core of the machine (in a browser without
/// shared memory: always 1). Not to be called while kernels run.
int threads();
void set_threads(int count);
/// The most that is of use here: the machine's cores, or 1 where threads cannot be had.
int max_threads();

/// In how many tasks each of `groups` pieces of work should be cut, at most `most`: 1 if the pieces alone keep the
/// threads evenly busy. (Where a cut costs something, as the same images packed by two tasks.)
int64_t parts_per_group(int64_t groups, int64_t most);

namespace detail {
void run_tasks(int64_t count, void (*call)(const void* function, int64_t task), const void* function);
}

/// Calls `task(i)` for every i in 0 … count − 1, spread over the threads, and returns when all are done. Which thread
/// runs a task is open; so a task writes to its own part of the output, and sums over tasks are made afterwards in
/// their order: then any number of threads gives the same bits. Tasks must not throw and must not call `parallel_for`.
template <class Task>
void parallel_for(int64_t count, const Task& task) {
  // A plain pointer instead of std::function: this header is compiled for several instruction sets, and shared inline
  // code of one of them must not reach a CPU that lacks it.
  detail::run_tasks(
      count, [](const void* function, int64_t i) { (*static_cast<const Task*>(function))(i); }, &task);
}

/// The same for tasks of which each does `size` steps: a vector of multiply-adds, or some numbers read and written.
/// Where that is little, neighbours go together, until it pays to have another thread look for them; so what is small
/// as a whole stays where it is.
template <class Task>
void parallel_for(int64_t count, int64_t size, const Task& task) {
  constexpr int64_t worth = 1 << 13;  // two or three microseconds
  const int64_t groups = size < worth ? std::min(count, 1 + count * size / worth) : count;
  parallel_for(groups, [&](int64_t group) {
    for (int64_t i = count * group / groups; i < count * (group + 1) / groups; ++i) task(i);
  });
}

}  // namespace cnnlab
