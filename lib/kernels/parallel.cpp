#include "lib/kernels/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <system_error>
#include <thread>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

// The one place that knows about WebAssembly without shared memory: no thread can be started there.
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
constexpr bool can_start_threads = false;
#else
constexpr bool can_start_threads = true;
#endif

constexpr int most_threads = 256;

/// A few threads that live as long as the process. The caller of `run` works too, and waits only for threads that have
/// taken part: one that is still starting, or was not given a core in time, holds nobody up.
class Pool {
 public:
  // Never destroyed: at exit the idle threads end with the process, wherever in its destructors it is.
  static Pool& instance() {
    static Pool* pool = new Pool;
    return *pool;
  }

  void run(int64_t count, void (*call)(const void*, int64_t), const void* function) {
    // Busy: another thread's kernel has the helpers, so do without. Every task is the same wherever it runs.
    const bool alone = threads == 1 || count <= 1 || busy_.exchange(true, std::memory_order_acquire);
    if (alone) {
      for (int64_t i = 0; i < count; ++i) call(function, i);
      return;
    }
    start_helpers(threads - 1);
    job_ = {call, function, count};
    next_ = 0;
    open(std::min<int64_t>(threads, count) - 1);
    work();
    close();
    busy_.store(false, std::memory_order_release);
  }

  std::atomic<int> threads = max_threads();

 private:
  // Long enough to bridge the gap between two kernels, short enough not to heat an idle machine: some 20 µs.
  static constexpr int spins = 2000;

  struct Job {
    void (*call)(const void*, int64_t);
    const void* function;
    int64_t count;
  };

  void start_helpers(int wanted) {
    try {
      for (; helpers_ < wanted; ++helpers_) std::thread([this] { help(); }).detach();
    } catch (const std::system_error&) {
      // The system gives no more threads: those there are do the work.
    }
  }

  void open(int64_t seats) {
    {
      std::lock_guard lock(mutex_);
      seats_ = seats;
    }
    // Outside the lock, so that the woken find it free.
    opened_.notify_all();
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      seats_ = 0;
    }
    if (spin([this] { return taking_part_ == 0; })) return;
    std::unique_lock lock(mutex_);
    left_.wait(lock, [this] { return taking_part_ == 0; });
  }

  void help() {
    while (true) {
      spin([this] { return seats_ > 0; });
      {
        std::unique_lock lock(mutex_);
        opened_.wait(lock, [this] { return seats_ > 0; });
        --seats_;
        ++taking_part_;
      }
      work();
      std::lock_guard lock(mutex_);
      if (--taking_part_ == 0) left_.notify_one();
    }
  }

  void work() {
    for (int64_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < job_.count;) job_.call(job_.function, i);
  }

  /// Waits a moment for `ready`; says whether it came. With more threads than cores it would keep the others from
  /// working.
  template <class Ready>
  bool spin(const Ready& ready) const {
    for (int i = 0; i < spins && threads <= max_threads(); ++i)
      if (ready()) return true;
    return false;
  }

  std::atomic<bool> busy_ = false;
  int helpers_ = 0;
  Job job_{};
  std::atomic<int64_t> next_ = 0;

  // Changed under the mutex; atomic because `spin` looks at them without it.
  std::mutex mutex_;
  std::condition_variable opened_, left_;
  std::atomic<int64_t> seats_ = 0, taking_part_ = 0;
};

}  // namespace

int max_threads() {
  static const int cores = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most_threads);
  return can_start_threads ? cores : 1;
}

int threads() { return Pool::instance().threads; }

void set_threads(int count) {
  check(1 <= count && count <= most_threads, "set_threads: expected 1 to ", most_threads, " threads, got ", count);
  if (can_start_threads) Pool::instance().threads = count;
}

int64_t parts_per_group(int64_t groups, int64_t most) {
  const int64_t even = threads() / std::gcd<int64_t>(threads(), groups), enough = (2 * threads() + groups - 1) / groups;
  return std::max<int64_t>(1, std::min({even, enough, most}));
}

void detail::run_tasks(int64_t count, void (*call)(const void*, int64_t), const void* function) {
  Pool::instance().run(count, call, function);
}

}  // namespace cnnlab
