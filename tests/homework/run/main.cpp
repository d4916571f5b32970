// What checks a learner's file, as `./lab homework` runs it: a line for each check that passed, a sentence for each
// that failed. Whatever the learner's code does, a sentence is the end of it. Exit status: 0 when all is right, else 1.
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/homework/run/answer.hpp"

namespace cnnlab::homework {
namespace {

void print(const std::string& mark, const std::string& line) { std::cout << "  " << mark << " " << line << std::endl; }

// Ends the program at once: what the learner's code left behind could not be trusted to end it.
[[noreturn]] void give_up(const std::string& sentence) {
  print("✗", sentence);
  std::_Exit(1);
}

// Watches the check that runs now: for a loop without end, and for code that leaves by exit().
class Watch {
 public:
  Watch() : thread_([this] { wait(); }) { std::atexit(left); }
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void begins(const std::string& what) { set(what); }
  void ends() { set(""); }
  static std::string checking() { return what_; }

 private:
  static int seconds() {
    const char* chosen = std::getenv("CNNLAB_HOMEWORK_SECONDS");
    return chosen ? std::max(1, std::atoi(chosen)) : 60;
  }
  static void left() {
    if (!what_.empty()) give_up(what_ + ": the code ended the program, as exit() does, instead of going on");
  }
  void set(const std::string& what) {
    {
      const std::lock_guard lock(mutex_);
      what_ = what;
      ++count_;
    }
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    while (!done_) {
      const int before = count_;
      const bool moved =
          changed_.wait_for(lock, std::chrono::seconds(seconds()), [&] { return done_ || count_ != before; });
      if (!moved && !what_.empty()) {
        give_up(text(what_, ": no answer after ", seconds(), seconds() == 1 ? " second" : " seconds",
                     ": is there a loop that never ends?"));
      }
    }
  }

  static inline std::string what_;  // NOLINT(readability-identifier-naming)
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  bool done_ = false;
  std::thread thread_;
};

// What a signal says about the code that was running.
std::string crash(const std::string& signal) {
  const auto& frames = Scope::frames();
  const std::string where = frames.empty() ? "" : text(", in what is called at ", at(frames.back().site));
  if (frames.size() > 100) {
    return text("forward calls itself without end", where, ": a module may call its parts, but not itself");
  }
  return text("the program crashed (", signal, ")", where,
              ": is an element used that is not there, such as layers[i] behind the last?");
}

struct Sentences : Catch::StreamingReporterBase<Sentences> {
  explicit Sentences(const Catch::ReporterConfig& config) : StreamingReporterBase(config) {
    m_reporterPrefs.shouldReportAllAssertions = true;
  }
  static std::string getDescription() {  // NOLINT(readability-identifier-naming): Catch's name
    return "a line for each check, a sentence for each that failed";
  }

  void assertionStarting(const Catch::AssertionInfo&) override {}
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    const Catch::AssertionResult& result = stats.assertionResult;
    if (result.getResultType() == Catch::ResultWas::FatalErrorCondition) {
      give_up(text(Watch::checking(), ": ", crash(std::string(result.getMessage()))));
    }
    print(result.isOk() ? "✓" : "✗", std::string(result.getMessage()));
    return true;
  }
};
CATCH_REGISTER_REPORTER("sentences", Sentences)

class Told : public Checks {
  void begins(const std::string& what) override { watch_.begins(what); }
  void ends(const std::string& what, const std::string& fault) override {
    watch_.ends();
    if (fault.empty()) {
      SUCCEED(what);
    } else {
      FAIL_CHECK(fault);
    }
  }
  Watch watch_;
};

TEST_CASE("what the learner wrote") {
  Told checks;
  check_answer(checks);
}

}  // namespace
}  // namespace cnnlab::homework

int main(int argc, char* argv[]) {
  Catch::Session session;
  session.configData().reporterName = "sentences";
  const int wrong_usage = session.applyCommandLine(argc, argv);
  return wrong_usage != 0 ? wrong_usage : session.run() != 0;
}
