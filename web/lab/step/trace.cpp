#include "web/lab/step/trace.hpp"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "lessons/training.hpp"

namespace cnnlab {
namespace {

using nlohmann::ordered_json;

ordered_json sizes(const Shape& shape) { return std::vector<int64_t>(shape.sizes().begin(), shape.sizes().end()); }

ordered_json describe(const Trace::Shown& shown) {
  const auto values = shown.tensor.data();
  ordered_json json{{"name", shown.name}, {"shape", sizes(shown.tensor.shape())}};
  if (values.empty()) return json;
  json["minimum"] = std::ranges::min(values);
  json["maximum"] = std::ranges::max(values);
  json["mean"] = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return json;
}

// The numbers that formulas of a convolution or a linear layer are made of.
void add_weight_sizes(ordered_json& json, const Node<float>& node) {
  if (node.op != "conv2d" && node.op != "linear") return;
  const Shape& weight = node.inputs[1].shape();  // (O, C, K, K) or (O, I)
  json["out_channels"] = weight[0];
  json["in_channels"] = weight[1];
  if (weight.rank() == 4) json["kernel"] = weight[2];
}

}  // namespace

void Trace::run(const std::shared_ptr<nn::Module>& model, const Tensor& image, int label) {
  Batch batch{.images = image, .labels = {label}};
  optim::SGD still(model->parameters(), {.lr = 0});
  std::vector<Tape::Record> records;
  {
    Tape tape;
    train_step(*model, still, batch);
    records = tape.records();
  }
  clear();
  records_ = std::move(records);
  label_ = label;
  for (const auto& [name, variable] : model->named_parameters()) parameters_[variable.id()] = name;
  for (size_t i = 0; i < records_.size(); ++i) producers_[records_[i].output.id()] = i;

  for (size_t i = 0; i < records_.size(); ++i)
    steps_.push_back({.record = i, .backward = false, .shown = {{name(i), records_[i].output.value()}}});
  for (size_t i = records_.size(); i-- > 0;) {
    const Node<float>& node = *records_[i].node;
    Step step{.record = i, .backward = true, .shown = {}};
    for (size_t k = 0; k < node.input_grads.size(); ++k)
      if (node.inputs[k].requires_grad()) step.shown.push_back({input_name(node.inputs[k]), node.input_grads[k]});
    if (!step.shown.empty()) steps_.push_back(std::move(step));
  }
}

void Trace::clear() {
  records_.clear();
  steps_.clear();
  parameters_.clear();
  producers_.clear();
  index_ = 0;
  ++version_;
}

void Trace::go(int index) {
  index_ = std::clamp(index, 0, std::max(length() - 1, 0));
  ++version_;
}

std::string Trace::name(size_t record) const {
  const Node<float>& node = *records_[record].node;
  // A layer of lib/nn hands the line that called it to its only op.
  const bool layer = !node.frames.empty() && node.frames.back().site.line == node.site.line &&
                     std::string_view(node.frames.back().site.file) == node.site.file && !node.path.empty();
  if (layer) return node.path;
  return (node.path.empty() ? "" : node.path + ".") + std::string(node.op);
}

std::string Trace::input_name(const Variable& input) const {
  if (const auto it = parameters_.find(input.id()); it != parameters_.end()) return it->second;
  if (const auto it = producers_.find(input.id()); it != producers_.end()) return name(it->second);
  return "image";
}

std::string Trace::state() const {
  if (steps_.empty()) return "null";
  const Step& step = *current();
  const Node<float>& here = node(step);
  const Shown& first = step.shown.front();

  ordered_json inputs = ordered_json::array(), frames = ordered_json::array(), shown = ordered_json::array();
  int64_t parameters = 0, products = 0;
  for (const Variable& input : here.inputs) {
    ordered_json entry{{"name", input_name(input)}, {"shape", sizes(input.shape())}};
    if (parameters_.contains(input.id())) {
      entry["kind"] = "parameter";
      parameters += input.value().numel();
    } else if (const auto it = producers_.find(input.id()); it != producers_.end()) {
      entry["kind"] = "step";
      entry["step"] = it->second;
    } else {
      entry["kind"] = "image";
    }
    inputs.push_back(std::move(entry));
    // On the way back, the gradients of the input and of the weight cost as much as the output did.
    if (input.requires_grad() && input.shape().rank() > 1) ++products;
  }
  for (const Frame& frame : here.frames)
    frames.push_back({{"module", frame.module}, {"file", frame.site.file}, {"line", frame.site.line}});
  for (const Shown& tensor : step.shown) shown.push_back(describe(tensor));

  ordered_json json{{"index", index_},
                    {"length", length()},
                    {"phase", step.backward ? "backward" : "forward"},
                    {"op", here.op},
                    {"path", here.path},
                    {"name", name(step.record)},
                    {"file", here.site.file},
                    {"line", here.site.line},
                    {"shape", sizes(first.tensor.shape())},
                    {"output_shape", sizes(records_[step.record].output.shape())},
                    {"inputs", std::move(inputs)},
                    {"parameters", parameters},
                    {"multiply_adds", here.multiply_adds * (step.backward ? products : 1)},
                    {"milliseconds", 1000 * (step.backward ? here.backward_seconds : here.forward_seconds)},
                    {"frames", std::move(frames)},
                    {"shown", std::move(shown)},
                    {"label", label_}};
  for (const char* key : {"minimum", "maximum", "mean"})
    if (json["shown"][0].contains(key)) json[key] = json["shown"][0][key];
  add_weight_sizes(json, here);
  return json.dump();
}

}  // namespace cnnlab
