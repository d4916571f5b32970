#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cnnlab {

/// Labelled images of one size. Pixels stay bytes, so that MNIST's training set takes 47 MB; the loader makes floats of
/// them, one batch at a time.
struct Dataset {
  std::string name;
  int64_t channels = 1, height = 0, width = 0;
  int classes = 10;
  std::vector<uint8_t> images{};  ///< (N, C, H, W)
  std::vector<uint8_t> labels{};  ///< (N): 0 … classes − 1
  /// (C), in pixels / 255: what the loader takes off each channel and divides by; both empty: nothing.
  std::vector<float> mean{}, deviation{};

  int64_t size() const { return static_cast<int64_t>(labels.size()); }
  int64_t pixels() const { return channels * height * width; }
  std::span<const uint8_t> image(int64_t index) const {
    return {images.data() + index * pixels(), static_cast<size_t>(pixels())};
  }

  /// A set of the same kind without images.
  Dataset empty_like() const;
  /// Adds the images of another piece behind these, as a page does that loads a data set piece by piece. The first
  /// piece decides the sizes; throws Error when a later one disagrees, or holds other numbers of images and labels.
  void append(const Dataset& piece);
  /// Takes the memory for this many images at once, so that pieces are not copied as they come.
  void reserve(int64_t count);
  /// Throws Error unless images and labels fit each other and every label is a class.
  void validate() const;
};

/// A set to learn from and one to be judged by.
struct DataSplit {
  Dataset train, test;
};

}  // namespace cnnlab
