#pragma once
#include <cstdint>
#include <span>

#include "lib/tensor/random.hpp"

namespace cnnlab {

/// How far training images are bent, so that a net learns what does not matter (Simard, Steinkraus and Platt, "Best
/// Practices for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003). Each number is drawn
/// anew for each image in each epoch, uniformly within ± the option; 0 switches a distortion off.
struct AugmentOptions {
  double shift = 1.5;      ///< pixels, in x and in y
  double scale = 0.15;     ///< about 1, for x and y alike …
  double stretch = 0.15;   ///< … and for x against y
  double rotation = 15;    ///< degrees
  double shear = 0.3;      ///< x moves by shear·y: how handwriting slants
  double warp = 0.7;       ///< pixels: the amplitude of slow waves along x and y
  double thickness = 0.7;  ///< strokes, light on dark, grow (+) or shrink (−) by so much of a pixel; at most 1
  /// The share of images that are replaced, before all else, by a pen drawing of the same digit (`draw_pen_digit`), for
  /// a net that is to read hands from anywhere. Only for 28×28 grey digits.
  double redraw = 0;
};

/// One image (C, H, W) of bytes → floats in 0 … 1, distorted about its centre, sampled bilinearly; what comes from
/// outside is 0. A pure function of its arguments.
void augment(const AugmentOptions& options, Random random, std::span<const uint8_t> image, int64_t channels,
             int64_t height, int64_t width, std::span<float> out);

/// How photographs are varied (He et al., CVPR 2016, section 4.2, after Lee et al.).
struct CropOptions {
  int64_t padding = 4;  ///< zeros on every side, out of which a window of the image's size is cut at random
  bool flip = true;     ///< every other image, by chance, is mirrored
};

/// One image (C, H, W) of bytes → floats in 0 … 1, moved and mirrored by chance. A pure function of its arguments.
void crop(const CropOptions& options, Random random, std::span<const uint8_t> image, int64_t channels, int64_t height,
          int64_t width, std::span<float> out);

}  // namespace cnnlab
