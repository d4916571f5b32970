#pragma once
#include <string>

#include <sys/types.h>

#include "native/bench/measure.hpp"

namespace cnnlab::bench {

/// PyTorch at the same task (pytorch/peer.py), in a process of its own.
class Peer {
 public:
  /// Throws Error when there is no python3 with torch.
  Peer(const NetworkName& network, const Shape& input, int threads, int64_t batch);

  /// Of PyTorch; "" where networks.py does not have the network, so that there is nothing to run.
  const std::string& version() const { return version_; }
  /// Images/s over so many seconds.
  double run(Work work, double seconds);

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
