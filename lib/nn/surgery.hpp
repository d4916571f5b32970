#pragma once
#include <map>
#include <string>
#include <vector>

#include "lib/nn/module.hpp"

namespace cnnlab::nn {

/// What is done to a part of a trained network, to see what the part is worth.
enum class Cut {
  off,    ///< it gives zeros (Module::switch_off)
  fresh,  ///< it forgets: its parameters and buffers become those of a network that was never trained
  pass,   ///< a 1×1 convolution lets its first channels through as they are; further outputs are zeros
};

/// Cuts by the path of the part: {"incept1.branch5x5_2", Cut::off}. Those of one kind and of different kinds can be
/// combined; a part's own comes after that of the part which it belongs to.
using Cuts = std::map<std::string, Cut>;

/// Cuts that are in force while it lives; then the network is as it was, bit for bit.
class Surgery {
 public:
  /// `untrained` is a network of the same kind, of which `fresh` takes the parameters. Throws Error for a part that is
  /// not there, has no parameters (fresh), or is no 1×1 convolution (pass); then nothing was changed.
  Surgery(Module& model, const Module& untrained, const Cuts& cuts);
  ~Surgery();
  Surgery(const Surgery&) = delete;
  Surgery& operator=(const Surgery&) = delete;

 private:
  struct Kept {
    Tensor now, trained;
  };
  void operate(const Module& untrained, const Cuts& cuts);
  void replace(Tensor now, const Tensor& by);
  void forget(const std::string& path, const Module& untrained);
  void let_through(const std::string& path);
  void undo();

  Module& model_;
  std::vector<std::string> off_;
  std::vector<Kept> kept_;  // in the order in which they were replaced
};

}  // namespace cnnlab::nn
