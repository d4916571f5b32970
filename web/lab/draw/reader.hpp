#pragma once
#include <optional>
#include <vector>

#include "lib/data/digit.hpp"
#include "lib/nn/module.hpp"
#include "web/lab/draw/drawing.hpp"
#include "web/lab/strings.hpp"

namespace cnnlab {

/// What a network says about a drawing.
struct Reading {
  int digit;
  std::vector<float> probabilities;
};

/// Reads drawings: brings them to MNIST's form and asks the network.
class Reader {
 public:
  /// A drawing on its way to MNIST's form.
  struct Stage {
    const char* id;  ///< "crop", "scale" or "center"; "" for the drawing itself, which cannot be switched off
    Text name;
    bool on;     ///< false when the stage was switched off, to see the network fail
    Tensor ink;  ///< (H, W), 0 … 1
  };

  void read(const Drawing& drawing, nn::Module* network, const DigitOptions& options);

  /// What the network would say with each stage switched the other way: crop, scale, center. Empty while nothing is
  /// drawn or there is no network.
  static std::vector<Reading> with_stage_switched(const Drawing& drawing, nn::Module& network,
                                                  const DigitOptions& options);

  /// Nothing while nothing is drawn or there is no network.
  const std::optional<Reading>& reading() const { return reading_; }
  /// Empty while nothing is drawn; the last is what the network sees, 28×28.
  const std::vector<Stage>& stages() const { return stages_; }
  /// The last stage as a network's input (1, 1, 28, 28).
  Tensor input() const { return stages_.back().ink.reshape({1, 1, 28, 28}); }
  /// Counts up with every reading.
  int version() const { return version_; }

 private:
  std::vector<Stage> stages_;
  std::optional<Reading> reading_;
  int version_ = 0;
};

/// 28·28 bytes, light on dark, as a network's input (1, 1, 28, 28).
Tensor image_tensor(const uint8_t* pixels);

}  // namespace cnnlab
