#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/autograd/tape.hpp"

namespace cnnlab {

/// A network as the tape of one run shows it: modules that hold modules and ops, what flows between them, and what it
/// costs. It knows no layer by name: whatever ran on the tape can be drawn.
class Diagram {
 public:
  /// A module, or an op that its module ran beside others. A module that runs a single op (every layer) is one part
  /// with it. A module that is called again later in the run is a part of its own, with the same path.
  struct Part {
    std::string id;    ///< unique: "incept1.branch5x5_2", "incept1.cat", "relu", "relu-2"
    std::string name;  ///< in the module that holds it: "branch5x5_2", "cat"
    std::string path;  ///< of the module on the network: "incept1"; an op's own module's
    std::string op;    ///< "conv2d"; "" for a module of several ops
    bool module = false;
    int parent = -1, depth = 0;
    std::vector<int> children;   ///< in the order in which they ran
    size_t first = 0, last = 0;  ///< its records on the tape; what the last gives out is the part's output
    Shape output;                ///< of what it gives out
    int64_t parameters = 0;      ///< numbers; what several ops share counts once
    int64_t multiply_adds = 0;   ///< of the forward pass
    std::vector<int> sources;    ///< parts of the same parent whose output it takes
    bool takes_input = false;    ///< takes what came into its parent, or the image
    bool gives_output = false;   ///< what it gives leaves its parent
  };

  Diagram() = default;
  /// Of a run's records, those outside any module left out (the loss is no part of the network).
  explicit Diagram(const std::vector<Tape::Record>& records);

  /// Every part stands behind the one that holds it, and behind those that ran before it.
  const std::vector<Part>& parts() const { return parts_; }
  /// The outermost parts in the order in which they ran.
  const std::vector<int>& outermost() const { return outermost_; }
  /// The part with this id, or −1.
  int find(const std::string& id) const;
  int64_t parameters() const { return parameters_; }
  int64_t multiply_adds() const { return multiply_adds_; }

 private:
  void connect(const std::vector<Tape::Record>& records, const std::vector<int>& holder);

  std::vector<Part> parts_;
  std::vector<int> outermost_;
  int64_t parameters_ = 0, multiply_adds_ = 0;
};

}  // namespace cnnlab
