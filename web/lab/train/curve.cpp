#include "web/lab/train/curve.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "lib/tensor/error.hpp"

namespace cnnlab {

void Curve::add(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    for (const auto& event : json.at("events")) {
      const auto step = event.at("step").get<double>();
      if (event.at("event") == "step") {
        if (const auto loss = event.at("loss"); loss.is_number()) loss_.push_back({step, loss.get<double>()});
      } else if (event.at("event") == "epoch") {
        accuracy_.push_back({step, event.at("test_correct").get<double>() / event.at("test_total").get<double>()});
      }
    }
  } catch (const nlohmann::json::exception& error) {
    fail(std::string("training event: ") + error.what());
  }
}

void Curve::clear() {
  loss_.clear();
  accuracy_.clear();
}

}  // namespace cnnlab
