#pragma once
#include <cstdint>

#include "lib/nn/module.hpp"

// What an image's pixels did for an answer, in two ways. Both measure a class's log-odds, log p / (1 − p), so that they
// can be compared: what is positive speaks for the class. (Of an answer that is almost sure, p and log p hardly move
// whatever is done to the image; the odds do.) The network's output must be log-probabilities (N, classes); images are
// (1, C, H, W), maps (H, W): the channels of a pixel are taken together.
namespace cnnlab {

/// The log-odds of a class in each row of log-probabilities (N, classes) → (N). Throws Error when the label is no
/// class.
Tensor log_odds(const Tensor& log_probabilities, int label);

/// x · ∂log-odds/∂x: what the class would lose, to first order, if the pixel's value were taken away. (Shrikumar,
/// Greenside and Kundaje, "Learning important features through propagating activation differences", 2017, section 3.1,
/// call it so.) The network's own gradients are as before. Throws Error when the label is no class.
Tensor gradient_times_input(nn::Module& model, const Tensor& image, int label);

/// How the log-odds fall when a square around the pixel is covered with zeros (Zeiler and Fergus, "Visualizing and
/// understanding convolutional networks", ECCV 2014, section 4.2). One run of the network for each pixel: done in
/// slices, by whoever drives it. Where there is nothing to cover, nothing changes, and nothing is run.
class Occlusion {
 public:
  /// Neither is copied: what `image` holds must not change meanwhile. `side`: of the square, odd. Throws Error when the
  /// label is no class.
  Occlusion(nn::Module& model, Tensor image, int label, int64_t side = 5);

  /// Covers the next `count` places at most; returns false when all are done.
  bool advance(int64_t count);
  /// 0 … 1
  double progress() const;
  /// The log-odds of the whole image minus those of the covered one; 0 where they are not known yet. (H, W)
  const Tensor& map() const { return map_; }
  int64_t side() const { return side_; }
  float whole() const { return whole_; }

 private:
  Tensor odds(const Tensor& images) const;
  bool cover(int64_t place, std::span<float> pixels) const;

  nn::Module& model_;
  Tensor image_, map_;
  int label_;
  int64_t side_, next_ = 0;
  float whole_;
};

}  // namespace cnnlab
