#pragma once
#include <memory>
#include <string>

#include "lessons/lesson.hpp"
#include "lib/nn/surgery.hpp"
#include "lib/train/checkpoint.hpp"

namespace cnnlab {

/// A lesson's network with weights that may be loaded, and parts that may be cut. A part that is untrained is the same
/// wherever such a network is, in the instance that draws and in the one that counts.
class LessonNetwork {
 public:
  /// Makes it, with random weights until some are loaded, and nothing cut. Throws Error for an unknown lesson or
  /// option; then nothing has changed.
  void choose(const std::string& lesson, const LessonOptions& options);
  bool chosen() const { return model_ != nullptr; }

  /// Throws Error naming `name` when these are not its weights; then nothing has changed. They are cut too.
  void load(ByteSpan weights, const std::string& name);
  /// Those that were loaded, whatever is cut.
  Bytes weights();

  /// Changes parts from here on, until other cuts come; {} is the network as it was trained. Throws Error when it
  /// cannot be; then nothing has changed.
  void cut(const nn::Cuts& cuts);
  const nn::Cuts& cuts() const { return cuts_; }

  /// There must be one.
  nn::Module& model() const { return *model_; }
  const std::shared_ptr<nn::Module>& shared() const { return model_; }
  /// Does some work while nothing is cut.
  template <class Work>
  auto as_trained(const Work& work) {
    struct Again {
      LessonNetwork& network;
      ~Again() { network.operate(); }
    } again{*this};
    surgery_.reset();
    return work();
  }

 private:
  void operate();

  NetworkName name_;
  std::shared_ptr<nn::Module> model_, untrained_;
  nn::Cuts cuts_;
  std::unique_ptr<nn::Surgery> surgery_;  // on model_: ends before it
};

}  // namespace cnnlab
