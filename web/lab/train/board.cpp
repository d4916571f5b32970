#include "web/lab/train/board.hpp"

#include <numeric>

#include "lib/tensor/error.hpp"

namespace cnnlab {

using nlohmann::json;

int Confusion::total(size_t label) const { return std::accumulate(counts[label].begin(), counts[label].end(), 0); }

void TrainBoard::set(std::string_view text) {
  try {
    const json shown = json::parse(text);
    logarithmic = shown.value("logarithmic", logarithmic);
    weight_norms = shown.value("norms", weight_norms ? "weight" : "gradient") == std::string("weight");
    parameter = shown.value("parameter", parameter);
  } catch (const json::exception& error) {
    fail(std::string("training view: ") + error.what());
  }
}

void TrainBoard::set_confusion(std::string_view text) {
  try {
    const json table = json::parse(text);
    Confusion read{.counts = table.at("counts"),
                   .chosen_label = table.value("label", -1),
                   .chosen_answer = table.value("answer", -1)};
    for (const auto& row : read.counts)
      check(row.size() == read.counts.size(), "confusion: ", read.counts.size(), " rows, but ", row.size(), " columns");
    confusion = std::move(read);
  } catch (const json::exception& error) {
    fail(std::string("confusion: ") + error.what());
  }
}

}  // namespace cnnlab
