#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lib/tensor/tensor.hpp"
#include "web/lab/picture.hpp"
#include "web/lab/step/explain.hpp"
#include "web/lab/tiles.hpp"

namespace cnnlab {

/// A tensor as a number, as bars or as tiles with the scale of their colours, whatever fits; and what is pointed out in
/// it.
class TensorPicture {
 public:
  struct Marks {
    std::optional<int64_t> element{};
    std::optional<Explanation::Region> window{};
  };

  /// Draws it into an area; `version` counts up with the numbers. Returns the place of the number at `at`, if one is
  /// there.
  std::optional<int64_t> show(const Ui& ui, Rect area, const Tensor& tensor, int version, const Marks& marks,
                              ImVec2 at);
  /// The number at a point of what was drawn last.
  std::optional<int64_t> find(const Tensor& tensor, ImVec2 at) const;

 private:
  void show_bars(const Ui& ui, const Tensor& tensor, const Marks& marks);
  void show_tiles(const Ui& ui, const Tensor& tensor, int version, const Marks& marks);
  Rect tile_cells(int64_t tile, int64_t top, int64_t left, int64_t bottom, int64_t right) const;
  void mark(const Ui& ui, const Tensor& tensor, const Marks& marks) const;

  Picture picture_;
  enum class Form { number, bars, tiles } form_ = Form::number;
  Rect place_;
  Tiles tiles_{.count = 0, .height = 1, .width = 1};
  float cell_ = 1;  // a bar's height, or a number's side
};

}  // namespace cnnlab
