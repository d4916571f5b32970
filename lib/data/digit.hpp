#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/data/raster.hpp"

namespace cnnlab {

/// MNIST's form: images of 28×28, the digit's longer side 20 pixels.
inline constexpr int64_t mnist_image_size = 28, mnist_digit_size = 20;
/// Where MNIST's digits have their centre of mass: measured, in the middle of pixel 14 of 0 … 27.
inline constexpr double mnist_mass_centre = 14.5;

/// Which steps of MNIST's own procedure (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to
/// document recognition", 1998, section III A) are done. With all three off the net sees the drawing area as it is,
/// 28×28.
struct DigitOptions {
  bool crop = true;    ///< cut the ink's bounding box out of the drawing area
  bool scale = true;   ///< its longer side becomes 20 pixels; else the drawing area's side becomes 28
  bool center = true;  ///< centre of mass at the centre of 28×28, by whole pixels; else the centre of the box
  /// Width of a stroke in pixels after scaling. Whatever pen was used, the net sees the strokes that it learned from.
  /// With 2.5 drawings have as much ink as MNIST's digits; a little less keeps small loops open, and is read better.
  double pen = 2.2;
  /// The pen that strokes were drawn with, as a part of the drawing area's side. It shows where the stages are off.
  double drawn_pen = 1.0 / 12;
};

/// A drawing on its way to MNIST's form: each stage a raster (H, W) of ink from 0 to 1.
struct Digit {
  Tensor raw;      ///< the whole drawing area
  Tensor cropped;  ///< the part that is used, in the pixels of `raw`
  Tensor scaled;   ///< at the net's scale, as large as it needs to be
  Tensor image;    ///< (28, 28): what the net sees
};

/// A drawing of strokes in any unit, y down, on a square drawing area [0, pad] × [0, pad]; 0 when it is not known.
/// Points that are not finite, or beyond ±1e60, are left out, very long drawings thinned to 8,192 points, so that time
/// is bounded. Returns nullopt when nothing was drawn.
std::optional<Digit> digit_from_strokes(const std::vector<Stroke>& strokes, double pad = 0,
                                        const DigitOptions& options = {});

/// A picture of a digit, bytes of grey (height, width), dark on light or light on dark: see `ink_from_bitmap`. Returns
/// nullopt when nothing stands out. Throws Error when the sizes do not fit the bytes.
std::optional<Digit> digit_from_bitmap(std::span<const uint8_t> grey, int64_t height, int64_t width,
                                       const DigitOptions& options = {});

}  // namespace cnnlab
