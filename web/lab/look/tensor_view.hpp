#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lib/tensor/tensor.hpp"
#include "web/lab/picture.hpp"
#include "web/lab/tiles.hpp"
#include "web/lab/ui.hpp"

namespace cnnlab {

/// The range of colours for a tensor: from −limit to limit where it has negative numbers, else from 0 to limit.
struct ColourRange {
  bool diverging = false;
  float limit = 0;
  static ColourRange of(const Tensor& tensor);
};

/// Where a number of a tensor is shown, and which.
struct TensorPlace {
  int64_t index;  ///< in the tensor
  int64_t tile, row, column;
};

/// A tensor as pictures side by side, with their scale below and the number under the pointer beside it.
class TensorView {
 public:
  /// `name` says in words which number is under the pointer.
  template <class Name>
  void show(const Ui& ui, Rect area, const Tensor& tensor, int version, const Name& name) {
    if (const auto place = draw(ui, area, tensor, version))
      ui.tooltip(name(*place) + "\n" + number(static_cast<double>(tensor.data()[static_cast<size_t>(place->index)])));
  }
  /// The colours' scale as a strip with its ends in numbers, of a width up to `width`.
  static void legend(const Ui& ui, ImVec2 at, float width, ColourRange range);
  static constexpr float legend_height = 24;

 private:
  /// Returns what is under the pointer.
  std::optional<TensorPlace> draw(const Ui& ui, Rect area, const Tensor& tensor, int version);

  Picture picture_;
};

}  // namespace cnnlab
