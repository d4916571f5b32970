#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "web/lab/look/look.hpp"

// What the page says of the network in words and tables.
namespace cnnlab {
namespace {

using nlohmann::ordered_json;

ordered_json sizes(const Shape& shape) { return std::vector<int64_t>(shape.sizes().begin(), shape.sizes().end()); }

ordered_json describe(const Statistics& s) {
  return {{"count", s.count},     {"zeros", s.zeros}, {"not_finite", s.not_finite}, {"minimum", s.minimum},
          {"maximum", s.maximum}, {"mean", s.mean},   {"deviation", s.deviation},   {"histogram", s.histogram}};
}

// (1, C, H, W) by channel.
ordered_json describe_channels(const Tensor& tensor) {
  ordered_json channels = ordered_json::array();
  if (tensor.shape().rank() != 4) return channels;
  const int64_t size = tensor.size(2) * tensor.size(3);
  for (int64_t c = 0; c < tensor.size(1); ++c) {
    const Statistics s = statistics(tensor.data().subspan(c * size, size), 1);
    channels.push_back({{"minimum", s.minimum}, {"maximum", s.maximum}, {"mean", s.mean}, {"zeros", s.zeros}});
  }
  return channels;
}

// The place of the largest or smallest number of a map (H, W).
ordered_json extreme(const Tensor& map, bool largest) {
  const auto values = map.data();
  const auto found = largest ? std::ranges::max_element(values) : std::ranges::min_element(values);
  const int64_t at = found - values.begin();
  return {{"row", at / map.size(1)}, {"column", at % map.size(1)}, {"value", *found}};
}

}  // namespace

std::string Look::describe_network() const {
  ordered_json parts = ordered_json::array();
  for (const Diagram::Part& part : diagram_.parts()) {
    ordered_json can = ordered_json::array();
    if (part.module) can.push_back("off");
    if (part.module && part.parameters > 0) can.push_back("fresh");
    if (part.module && one_by_one(part)) can.push_back("pass");
    parts.push_back({{"id", part.id},
                     {"name", part.name},
                     {"path", part.path},
                     {"op", part.op},
                     {"parent", part.parent},
                     {"depth", part.depth},
                     {"holds", part.children.size()},
                     {"output", sizes(part.output)},
                     {"parameters", part.parameters},
                     {"multiply_adds", part.multiply_adds},
                     {"can", std::move(can)}});
  }
  return ordered_json{
      {"parts", std::move(parts)}, {"parameters", diagram_.parameters()}, {"multiply_adds", diagram_.multiply_adds()}}
      .dump();
}

std::string Look::describe_chosen() const {
  const Diagram::Part* part = chosen();
  if (!part) return "null";
  const Tensor& values = *output();
  ordered_json json{{"id", part->id},
                    {"op", part->op},
                    {"output", sizes(part->output)},
                    {"values", describe(statistics(values.data()))},
                    {"channels", describe_channels(values)},
                    {"weight", nullptr}};
  if (values.shape().rank() == 2 && values.numel() <= 24)
    json["numbers"] = std::vector<float>(values.data().begin(), values.data().end());
  if (const Tensor* own = weight())
    json["weight"] = {{"shape", sizes(own->shape())}, {"values", describe(statistics(own->data()))}};
  return json.dump();
}

std::string Look::describe_attribution() const {
  ordered_json json{
      {"method", method_ == Method::gradient ? "gradient" : "occlusion"}, {"label", label()}, {"progress", progress()}};
  if (const Tensor* output = answer()) {
    std::vector<double> probabilities;
    for (const float value : output->data()) probabilities.push_back(std::exp(static_cast<double>(value)));
    json["probabilities"] = probabilities;
  }
  if (const Tensor* map = attribution(); map && progress() == 1) {
    json["most_for"] = extreme(*map, true);
    json["most_against"] = extreme(*map, false);
    double sum = 0;
    for (const float value : map->data()) sum += static_cast<double>(value);
    json["sum"] = sum;
    json["map"] = std::vector<float>(map->data().begin(), map->data().end());
    json["width"] = map->size(1);
  }
  return json.dump();
}

}  // namespace cnnlab
