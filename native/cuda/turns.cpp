#include "native/cuda/turns.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

#include "lib/tensor/error.hpp"

namespace cnnlab::cuda {

void Turns::run(const std::function<void(size_t)>& work) {
  states_[0] = State::working;
  std::vector<std::thread> threads;
  threads.reserve(states_.size());
  try {
    for (size_t place = 1; place < states_.size(); ++place) {
      threads.emplace_back([this, place, &work] {
        await_turn(place);
        call(place, work);
      });
      states_[place] = State::working;
    }
  } catch (const std::system_error&) {
    error_ = std::make_exception_ptr(Error("cuda: the system gives no thread for each of the cards"));
  }
  call(0, work);
  for (std::thread& thread : threads) thread.join();
  if (error_) std::rethrow_exception(error_);
}

void Turns::call(size_t place, const std::function<void(size_t)>& work) {
  try {
    if (!error_) work(place);
  } catch (...) {
    if (!error_) error_ = std::current_exception();
  }
  states_[place] = State::ended;
  give_turn(place);
}

// When the turn is the first's again, all others wait, too, or have ended.
void Turns::meet(size_t place, const std::function<void()>& all) {
  states_[place] = State::waiting;
  give_turn(place);
  await_turn(place);
  if (error_) std::rethrow_exception(error_);
  if (place > 0) {
    check(states_[place] == State::working, "cuda: card ", place, " of a step asks for more sums than the first");
    return;
  }
  check(std::ranges::find(states_, State::ended) == states_.end(),
        "cuda: the first card of a step asks for more sums than another");
  all();
  std::ranges::fill(states_, State::working);
}

// To the next that has not ended; it may be this one.
void Turns::give_turn(size_t place) {
  const std::lock_guard lock(mutex_);
  const size_t count = states_.size();
  for (size_t step = 1; step <= count; ++step) {
    turn_ = (place + step) % count;
    if (states_[turn_] != State::ended) break;
  }
  passed_.notify_all();
}

void Turns::await_turn(size_t place) {
  std::unique_lock lock(mutex_);
  passed_.wait(lock, [&] { return turn_ == place; });
}

}  // namespace cnnlab::cuda
