#pragma once
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

namespace cnnlab::cuda {

/// Runs several functions that wait for each other on the way, though one works at a time: each has a thread, and the
/// turn goes round. So what they ask of the cards comes in the same order every time.
class Turns {
 public:
  explicit Turns(size_t count) : states_(count, State::ended) {}
  ~Turns() = default;
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// Calls work(0) in this thread, work(1), … in others, and returns when all have ended. Rethrows the first error;
  /// the others end at their next meeting.
  void run(const std::function<void(size_t)>& work);
  /// Called by work(place): returns when all have come to a meeting, and work(0)'s `all` was done. Throws Error where
  /// one of them ends without.
  void meet(size_t place, const std::function<void()>& all);

 private:
  enum class State { working, waiting, ended };

  void call(size_t place, const std::function<void(size_t)>& work);
  void give_turn(size_t place);
  void await_turn(size_t place);

  std::mutex mutex_;
  std::condition_variable passed_;
  size_t turn_ = 0;
  std::vector<State> states_;  // who works now has them for itself
  std::exception_ptr error_;
};

}  // namespace cnnlab::cuda
