#pragma once
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace cnnlab::bench {

/// PyTorch at the same task (peer.py), in a process of its own.
class Peer {
 public:
  /// Throws Error when there is no python3 with torch, or peer.py does not know the lesson.
  Peer(const std::string& lesson, int threads, int64_t batch);

  const std::string& version() const { return version_; }
  /// Images/s of training for so many seconds.
  double run(double seconds);

 private:
  std::string read_line();

  struct Child {
    pid_t process = -1;
    int to = -1, from = -1;
    Child() = default;
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
  };
  Child child_;
  std::string version_;
};

}  // namespace cnnlab::bench
