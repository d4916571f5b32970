#pragma once
#include <string>
#include <vector>

#include "web/lab/train/runs.hpp"

namespace cnnlab {

/// How often images of one class were read as each class.
struct Confusion {
  std::vector<std::vector<int>> counts;  ///< [label][answer]; empty before the first test
  int chosen_label = -1, chosen_answer = -1;

  int total(size_t label) const;
};

/// All that the view "train" shows.
struct TrainBoard {
  Runs runs;
  bool logarithmic = false;   ///< the loss's axis
  bool weight_norms = false;  ///< else the gradients'
  Confusion confusion;
  std::string parameter;         ///< whose numbers are watched
  std::vector<uint8_t> watched;  ///< 28·28 pixels of the digit whose reading is watched; empty: the drawing
  int watched_version = 0;       ///< counts up with every other digit

  /// {"logarithmic","norms":"gradient"|"weight","parameter"}; what is not named stays. Throws Error when it is no such
  /// JSON.
  void set(std::string_view json);
  /// {"counts":[[…]…],"label","answer"}: the chosen cell, or -1. Throws Error as `set` does.
  void set_confusion(std::string_view json);
};

}  // namespace cnnlab
