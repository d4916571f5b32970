#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lib/train/evaluate.hpp"
#include "web/lab/look/lesson_network.hpp"

namespace cnnlab {

/// Counts in a worker how many test images a network reads when parts of it are cut.
class Scorer {
 public:
  /// Chooses the network, with random weights until some are loaded. The images are forgotten.
  void create(const std::string& lesson, const LessonOptions& options);
  void add_images(const uint8_t* images, const uint8_t* labels, int64_t count);
  /// Throws Error naming `name` when these are not this network's weights; then nothing has changed.
  void load(ByteSpan weights, const std::string& name);
  /// Begins to test with these cuts. Throws Error when they cannot be.
  void begin(const nn::Cuts& cuts);
  /// Tests the next batch: {"correct","total","of"} as JSON, where `of` is how many there are to test.
  std::string advance();

 private:
  LessonNetwork network_;
  Dataset images_{.name = "test", .height = 28, .width = 28};
  std::optional<Evaluation> evaluation_;
};

/// {"incept1.branch1x1":"off","conv2":"fresh"}. Throws Error when it is not of this form.
nn::Cuts parse_cuts(std::string_view json);

}  // namespace cnnlab
