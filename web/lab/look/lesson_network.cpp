#include "web/lab/look/lesson_network.hpp"

#include <utility>

#include "lib/tensor/random.hpp"

namespace cnnlab {

void LessonNetwork::choose(const std::string& lesson, const LessonOptions& options) {
  const auto untrained = [&] {
    manual_seed(1);
    return find_lesson(lesson).make(options);
  };
  auto model = untrained();
  surgery_.reset();
  cuts_.clear();
  model_ = std::move(model);
  untrained_ = untrained();
  name_ = {lesson, find_lesson(lesson).complete(options), find_lesson(lesson).input};
}

void LessonNetwork::load(ByteSpan weights, const std::string& name) {
  check(chosen(), name, ": choose a lesson before loading its weights");
  as_trained([&] { load_weights(*model_, parse_safetensors(weights, name), name_, name); });
}

Bytes LessonNetwork::weights() {
  check(chosen(), "weights: no lesson was chosen");
  return as_trained([&] { return write_safetensors(weights_file(*model_, name_)); });
}

void LessonNetwork::cut(const nn::Cuts& cuts) {
  check(chosen(), "cut: no lesson was chosen");
  const nn::Cuts before = std::exchange(cuts_, cuts);
  try {
    operate();
  } catch (...) {
    cuts_ = before;
    operate();
    throw;
  }
}

void LessonNetwork::operate() {
  surgery_.reset();
  if (!cuts_.empty()) surgery_ = std::make_unique<nn::Surgery>(*model_, *untrained_, cuts_);
}

}  // namespace cnnlab
