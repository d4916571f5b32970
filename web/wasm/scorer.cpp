#include "web/wasm/scorer.hpp"

#include <nlohmann/json.hpp>

#include "web/wasm/instance.hpp"

namespace cnnlab {

void Scorer::create(const std::string& lesson, const LessonOptions& options) {
  evaluation_.reset();
  network_.choose(lesson, options);
  images_.images.clear();
  images_.labels.clear();
}

void Scorer::add_images(const uint8_t* images, const uint8_t* labels, int64_t count) {
  check(network_.chosen(), "score: no lesson was chosen");
  check(count >= 1, "score: at least 1 image is needed, not ", count);
  evaluation_.reset();
  Dataset piece{.name = images_.name, .height = images_.height, .width = images_.width};
  piece.images.assign(images, images + count * piece.pixels());
  piece.labels.assign(labels, labels + count);
  images_.append(piece);
}

void Scorer::load(ByteSpan weights, const std::string& name) {
  evaluation_.reset();
  network_.load(weights, name);
}

void Scorer::begin(const nn::Cuts& cuts) {
  check(images_.size() > 0, "score: no images are loaded yet");
  evaluation_.reset();
  network_.cut(cuts);
  evaluation_.emplace(network_.model(), images_);
}

std::string Scorer::advance() {
  check(evaluation_.has_value(), "score: nothing was begun");
  evaluation_->advance();
  const Score score = evaluation_->score();
  return nlohmann::ordered_json{{"correct", score.correct}, {"total", score.total}, {"of", images_.size()}}.dump();
}

nn::Cuts parse_cuts(std::string_view json) {
  nn::Cuts cuts;
  const nlohmann::json wanted = parse_object(json, "cuts");
  for (const auto& [path, kind] : wanted.items()) {
    const std::string how = kind.is_string() ? kind.get<std::string>() : kind.dump();
    check(how == "off" || how == "fresh" || how == "pass", "cuts: \"", path, "\" can be off, fresh or pass, not ", how);
    cuts[path] = how == "off" ? nn::Cut::off : how == "fresh" ? nn::Cut::fresh : nn::Cut::pass;
  }
  return cuts;
}

}  // namespace cnnlab
