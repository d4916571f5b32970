#pragma once
#include <nlohmann/json.hpp>

#include "lib/train/trainer.hpp"

namespace cnnlab {

// The trainer's events as web/wasm/api.hpp describes them.

inline nlohmann::ordered_json event_json(const StepEvent& event) {
  return {{"event", "step"},
          {"epoch", event.epoch},
          {"step", event.step},
          {"loss", event.loss},
          {"images_per_second", event.images_per_second},
          {"train_correct", event.train.correct},
          {"train_total", event.train.total}};
}

inline nlohmann::ordered_json event_json(const EpochEvent& event, int64_t step) {
  return {{"event", "epoch"},
          {"epoch", event.epoch},
          {"step", step},
          {"train_loss", event.train_loss},
          {"train_seconds", event.train_seconds},
          {"train_correct", event.train.correct},
          {"train_total", event.train.total},
          {"test_loss", event.test.loss},
          {"test_correct", event.test.correct},
          {"test_total", event.test.total}};
}

inline nlohmann::ordered_json event_json(const NormsEvent& event) {
  nlohmann::ordered_json norms = nlohmann::ordered_json::array();
  for (const auto& [name, gradient, weight] : event.norms)
    norms.push_back({{"name", name}, {"gradient", gradient}, {"weight", weight}});
  return {{"event", "norms"}, {"epoch", event.epoch}, {"step", event.step}, {"norms", std::move(norms)}};
}

}  // namespace cnnlab
