#include "web/lab/tiles.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

Tiles Tiles::of(const Shape& shape) {
  const int rank = shape.rank();
  if (rank == 4 && shape[2] * shape[3] > 1)
    return {.count = std::min(shape[0] * shape[1], most), .height = shape[2], .width = shape[3]};
  // A 1×1 convolution's weights are one matrix: what each output channel takes of each input channel.
  const int64_t rows = rank >= 2 ? shape[0] : 1, length = shape.numel() / std::max<int64_t>(rows, 1);
  if (rows > 1 && length <= 128) return {.count = 1, .height = rows, .width = length};
  const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(length))));
  return {.count = std::min(rows, most), .height = (length + side - 1) / side, .width = side, .folded = length};
}

float Tiles::fit(float area_width, float area_height) {
  float best = 0;
  int64_t best_columns = 1;
  for (columns = 1; columns <= count; ++columns) {
    const float size =
        std::min(area_width / static_cast<float>(texel_width()), area_height / static_cast<float>(texel_height()));
    if (size > best) {
      best = size;
      best_columns = columns;
    }
  }
  columns = best_columns;
  return best;
}

}  // namespace cnnlab
