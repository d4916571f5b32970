#include "lib/kernels/parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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

/// Told to a processor that waits in a loop, so that it leaves its other thread the core.
void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// A few threads that live as long as the process. The caller of `run` works too, and waits only for threads that have
/// taken part: one that is still starting, or was not given a core in time, holds nobody up.
///
/// A kernel of a small net takes some ten microseconds, and to wake a thread that sleeps takes as long. So who waits
/// looks for a while whether there is work, and nothing on that way takes a lock; the mutex is for those that sleep.
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
    job_ = {call, function, count, std::min<int64_t>(threads, count)};
    for (int64_t share = 0; share < job_.shares; ++share) shares_[share].taken.store(0, std::memory_order_relaxed);
    open(job_.shares - 1);
    work(0);
    close();
    busy_.store(false, std::memory_order_release);
  }

  std::atomic<int> threads = max_threads();

 private:
  // Bridges what a training step does between two kernels, and does not heat an idle machine.
  static constexpr std::chrono::microseconds patience{100};

  struct Job {
    void (*call)(const void*, int64_t);
    const void* function;
    int64_t count, shares;
  };
  /// Of the tasks: one for each thread, which it takes first, before it helps with others'. So from kernel to kernel a
  /// thread works on the same part of a batch, much of which its own cache still holds.
  struct alignas(64) Share {
    std::atomic<int64_t> taken = 0;
  };

  void start_helpers(int wanted) {
    try {
      for (; helpers_ < wanted; ++helpers_) std::thread([this, share = helpers_ + 1] { help(share); }).detach();
    } catch (const std::system_error&) {
      // The system gives no more threads: those there are do the work.
    }
  }

  void open(int64_t seats) {
    room_ = seats;
    if (sleeping_ == 0) return;
    // Whoever found the room closed a moment ago and still holds the mutex is asleep, and hears, once it is free.
    { const std::lock_guard lock(mutex_); }
    opened_.notify_all();
  }

  void close() {
    room_ &= ~(one_inside - 1);  // no seats any more
    if (spin([this] { return room_ == 0; })) return;
    std::unique_lock lock(mutex_);
    caller_sleeps_ = true;
    left_.wait(lock, [this] { return room_ == 0; });
    caller_sleeps_ = false;
  }

  void help(int64_t share) {
    while (true) {
      if (!spin([this] { return enter(); })) {
        std::unique_lock lock(mutex_);
        ++sleeping_;
        opened_.wait(lock, [this] { return enter(); });
        --sleeping_;
      }
      work(share);
      if (room_.fetch_sub(one_inside) == one_inside && caller_sleeps_) {
        const std::lock_guard lock(mutex_);
        left_.notify_one();
      }
    }
  }

  bool enter() {
    int64_t room = room_;
    return room % one_inside > 0 && room_.compare_exchange_strong(room, room - 1 + one_inside);
  }

  void work(int64_t own) {
    for (int64_t i = 0; i < job_.shares; ++i) {
      const int64_t share = (own + i) % job_.shares, begin = job_.count * share / job_.shares;
      const int64_t count = job_.count * (share + 1) / job_.shares - begin;
      std::atomic<int64_t>& taken = shares_[share].taken;
      for (int64_t task; (task = taken.fetch_add(1, std::memory_order_relaxed)) < count;)
        job_.call(job_.function, begin + task);
    }
  }

  /// Waits a moment for `ready`; says whether it came. With more threads than cores it would keep the others from
  /// working.
  template <class Ready>
  bool spin(const Ready& ready) const {
    using Clock = std::chrono::steady_clock;
    constexpr int looks = 64;  // without a look at the clock
    Clock::time_point end = Clock::time_point::max();
    do {
      for (int i = 0; i < looks; ++i, relax()) {
        if (ready()) return true;
        if (threads > max_threads()) return false;
      }
      if (end == Clock::time_point::max()) end = Clock::now() + patience;
    } while (Clock::now() < end);
    return false;
  }

  std::atomic<bool> busy_ = false;
  int helpers_ = 0;
  Job job_{};

  // Each on a cache line of its own: all threads look at them while they work and wait.
  std::array<Share, most_threads> shares_{};
  // The seats that are free + one_inside · the helpers that take part. Like what says who sleeps it is written, then
  // the other read, in one order for all threads: so nobody goes to sleep over a change that nobody tells.
  alignas(64) std::atomic<int64_t> room_ = 0;
  static constexpr int64_t one_inside = int64_t{1} << 32;

  alignas(64) std::atomic<int> sleeping_ = 0;
  std::atomic<bool> caller_sleeps_ = false;
  std::mutex mutex_;
  std::condition_variable opened_, left_;
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
