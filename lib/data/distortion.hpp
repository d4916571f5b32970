#pragma once
#include <cmath>
#include <numbers>

#include "lib/data/augment.hpp"

// What augmentation draws for one image, and what then becomes of a pixel: written once, for the loader and for a
// graphics card's kernels, so that both make the same images.
namespace cnnlab {

/// What distorts an image of a data set in an epoch (both from 0).
CNNLAB_KERNEL Random random_of_image(uint64_t seed, int64_t epoch, int64_t image) {
  constexpr uint64_t augmenting = 2;  // 1 is the loader's shuffle, 3 the trainer's dropout
  return Random{seed, augmenting, static_cast<uint64_t>(epoch), static_cast<uint64_t>(image)};
}

/// One channel (H, W) of an image, as bytes; zeros lie all around it.
struct Plane {
  const uint8_t* bytes;
  int64_t height, width;

  /// 0 … 1
  CNNLAB_KERNEL float at(int64_t y, int64_t x) const {
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? static_cast<float>(bytes[y * width + x]) / 255.0f : 0.0f;
  }
};

/// What `crop` does to an image.
struct Crop {
  using Options = CropOptions;
  int64_t down, right;
  bool mirrored;

  CNNLAB_KERNEL static Crop draw(const CropOptions& options, Random random, int64_t /*height*/, int64_t /*width*/) {
    const auto draw = [&] { return static_cast<int64_t>(random.below(2 * options.padding + 1)) - options.padding; };
    Crop crop{};
    crop.down = draw();
    crop.right = draw();
    crop.mirrored = options.flip && random.below(2) == 1;
    return crop;
  }

  /// A row of the result.
  struct Row {
    const Crop& crop;
    int64_t from_y;
    CNNLAB_KERNEL float pixel(const Plane& plane, int64_t x) const {
      return plane.at(from_y, (crop.mirrored ? plane.width - 1 - x : x) + crop.right);
    }
  };
  CNNLAB_KERNEL Row row(int64_t y) const { return {*this, y + down}; }
};

/// What `augment` does to an image: its strokes grow or shrink, then each pixel of the result is read from elsewhere.
struct Distortion {
  using Options = AugmentOptions;
  static constexpr int64_t border = 2;  ///< of zeros around the image: a sample outside reads them

  int64_t height, width;
  double xx, xy, yx, yy;  ///< source offset from the centre = matrix · (output offset − shift)
  double shift_x, shift_y;
  double phase[4], amplitude[4], wave_length;  ///< of waves along y in x and in y; the last two only take draws
  double thickness;

  CNNLAB_KERNEL static Distortion draw(const AugmentOptions& options, Random random, int64_t height, int64_t width) {
    const auto draw = [&](double range) { return random.uniform(-range, range); };
    Distortion drawn{};
    drawn.height = height;
    drawn.width = width;
    drawn.shift_x = draw(options.shift);
    drawn.shift_y = draw(options.shift);
    const double scale = 1 + draw(options.scale), stretch = std::sqrt(1 + draw(options.stretch));
    const double angle = draw(options.rotation) * std::numbers::pi / 180, shear = draw(options.shear);
    // The inverse of rotation · shear · scaling: the net sees the image turned by +angle, enlarged by `scale`.
    const double inverse_x = 1 / (scale * stretch), inverse_y = stretch / scale;
    const double cos = std::cos(angle), sin = std::sin(angle);
    drawn.xx = inverse_x * (cos + shear * sin);
    drawn.xy = inverse_x * (sin - shear * cos);
    drawn.yx = -inverse_y * sin;
    drawn.yy = inverse_y * cos;
    drawn.wave_length = random.uniform(0.6, 1.2) * static_cast<double>(height > width ? height : width);
    for (double& value : drawn.phase) value = draw(std::numbers::pi);
    for (double& value : drawn.amplitude) value = draw(options.warp);
    drawn.thickness = draw(options.thickness);
    return drawn;
  }

  /// Grey dilation or erosion over a pixel at(y, x) and its four neighbours, mixed in by |thickness|.
  template <class At>
  CNNLAB_KERNEL float thickened(const At& at, int64_t y, int64_t x) const {
    const auto larger = [](float a, float b) { return a < b ? b : a; };
    const auto smaller = [](float a, float b) { return b < a ? b : a; };
    const float here = at(y, x), up = at(y - 1, x), down = at(y + 1, x), left = at(y, x - 1), right = at(y, x + 1);
    const float extreme = thickness > 0 ? larger(here, larger(larger(up, down), larger(left, right)))
                                        : smaller(here, smaller(smaller(up, down), smaller(left, right)));
    return here + static_cast<float>(std::fabs(thickness)) * (extreme - here);
  }

  /// A row of the result, `v` from the centre.
  struct Row {
    const Distortion& by;
    double centre_x, v;
    double source_x, source_y;  ///< of the centre column, but for the matrix

    /// Samples at(y, x), bilinearly; at(border, border) is the image's first pixel.
    template <class At>
    CNNLAB_KERNEL float sample(const At& at, int64_t x) const {
      // Samples beyond the border read its zeros.
      const auto inside = [](double source, int64_t size) {
        const auto place = static_cast<float>(source), last = static_cast<float>(size + border) - 1.001f;
        return (place < -2.0f ? -2.0f : last < place ? last : place) + 2;
      };
      const double u = static_cast<double>(x) - centre_x - by.shift_x;
      const float sx = inside(source_x + by.xx * u + by.xy * v, by.width);
      const float sy = inside(source_y + by.yx * u + by.yy * v, by.height);
      const auto left = static_cast<int64_t>(sx), top = static_cast<int64_t>(sy);
      const float fx = sx - static_cast<float>(left), fy = sy - static_cast<float>(top);
      const auto mix = [](float a, float b, float share) { return a + share * (b - a); };
      return mix(mix(at(top, left), at(top, left + 1), fx), mix(at(top + 1, left), at(top + 1, left + 1), fx), fy);
    }
    CNNLAB_KERNEL float pixel(const Plane& plane, int64_t x) const {
      const auto bordered = [&](int64_t i, int64_t j) { return plane.at(i - border, j - border); };
      return sample([&](int64_t i, int64_t j) { return by.thickened(bordered, i, j); }, x);
    }
  };
  CNNLAB_KERNEL Row row(int64_t y) const {
    const double centre_x = static_cast<double>(width - 1) / 2, centre_y = static_cast<double>(height - 1) / 2;
    const double v = static_cast<double>(y) - centre_y - shift_y;
    return {*this, centre_x, v, centre_x + wave(0, v), centre_y + wave(1, v)};
  }

 private:
  CNNLAB_KERNEL double wave(int i, double position) const {
    return amplitude[i] * std::sin(2 * std::numbers::pi * position / wave_length + phase[i]);
  }
};

}  // namespace cnnlab
