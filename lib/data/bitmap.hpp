#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "lib/tensor/tensor.hpp"

namespace cnnlab {

/// The ink of a scanned, photographed or drawn digit as a raster (H, W) from 0 to 1. The background is estimated from
/// the picture's four sides (also when light falls off from one side to another); whether ink is darker or lighter is
/// found out; what is no stronger than the background's noise is dropped, the rest stretched so that full strokes
/// become 1; small spots beside the digit are dropped. Pictures with a side of more than 512 pixels are shrunk. Returns
/// nullopt when nothing stands out. Throws Error when the sizes do not fit the bytes.
std::optional<Tensor> ink_from_bitmap(std::span<const uint8_t> grey, int64_t height, int64_t width);

/// The mean width of a raster's strokes, in pixels; 0 without ink.
double stroke_width(const Tensor& ink);

/// The raster with strokes that are about `width` pixels wide: unchanged when they are so within a third; else its
/// outlines are moved outwards, or inwards by at most half, so that no stroke of uneven width breaks. The result may be
/// larger by a margin on all sides.
Tensor with_stroke_width(const Tensor& ink, double width);

}  // namespace cnnlab
