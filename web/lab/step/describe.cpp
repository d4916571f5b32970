#include <algorithm>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include "web/lab/step/hints.hpp"
#include "web/lab/step/paths.hpp"
#include "web/lab/step/trace.hpp"

// The current step as JSON: all that the page says in words.
namespace cnnlab {
namespace {

using nlohmann::ordered_json;
using Phase = Trace::Phase;

ordered_json sizes(const Shape& shape) { return std::vector<int64_t>(shape.sizes().begin(), shape.sizes().end()); }

// NaN and infinity, which JSON does not know, become null.
ordered_json describe(const std::string& name, const Tensor& tensor) {
  const auto values = tensor.data();
  ordered_json json{{"name", name}, {"shape", sizes(tensor.shape())}};
  if (values.empty()) return json;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  json["minimum"] = *least;
  json["maximum"] = *most;
  json["largest_at"] = most - values.begin();
  json["mean"] = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  json["norm"] = norm(tensor);
  json["zeros"] = std::ranges::count(values, 0.0f);
  return json;
}

ordered_json describe(const std::vector<Trace::Named>& tensors) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, tensor] : tensors) list.push_back(describe(name, tensor));
  return list;
}

// The numbers that formulas are made of.
void add_formula(ordered_json& json, const Trace& trace, const Node<float>& node) {
  if (node.op == "conv2d" || node.op == "linear") {
    const Shape& weight = node.inputs[1].shape();  // (O, C, K, K) or (O, I)
    json["out_channels"] = weight[0];
    json["in_channels"] = weight[1];
    json["bias"] = node.inputs.size() > 2;
  }
  if (node.window.kernel > 0) {
    json["kernel"] = node.window.kernel;
    json["stride"] = node.window.stride;
    json["padding"] = node.window.padding;
  }
  if (node.op == "relu")
    json["blocked"] = std::ranges::count_if(trace.value(node.inputs[0]).data(), [](float x) { return x <= 0; });
}

ordered_json describe_paths(const std::vector<Path>& paths) {
  ordered_json list = ordered_json::array();
  for (const Path& path : paths)
    list.push_back({{"name", path.name}, {"step", path.step}, {"norm", path.norm}, {"share", path.share}});
  return list;
}

void add_op(ordered_json& json, const Trace& trace, const Trace::Step& step) {
  const Node<float>& node = trace.node(step);
  ordered_json inputs = ordered_json::array();
  int64_t parameters = 0, products = 0;
  for (const Variable& input : node.inputs) {
    ordered_json entry{{"name", trace.name(input)}, {"shape", sizes(input.shape())}};
    const auto producer = trace.producer(input);
    entry["kind"] = trace.is_parameter(input) ? "parameter" : producer ? "step" : "image";
    if (producer) entry["step"] = *producer;
    if (trace.is_parameter(input)) parameters += input.value().numel();
    inputs.push_back(std::move(entry));
    // On the way back, the gradients of the input and of the weight cost as much as the output did.
    if (input.requires_grad() && input.shape().rank() > 1) ++products;
  }
  ordered_json frames = ordered_json::array();
  for (const Frame& frame : node.frames)
    frames.push_back({{"module", frame.module}, {"file", frame.site.file}, {"line", frame.site.line}});
  const bool back = step.phase == Phase::backward;
  json["op"] = node.op;
  json["path"] = node.path;
  json["output_shape"] = sizes(trace.records()[step.record].output.shape());
  json["inputs"] = std::move(inputs);
  json["parameters"] = parameters;
  json["multiply_adds"] = node.multiply_adds * (back ? products : 1);
  json["milliseconds"] = 1000 * (back ? node.backward_seconds : node.forward_seconds);
  json["frames"] = std::move(frames);
  add_formula(json, trace, node);
}

// The number that the step changes most stands for all.
ordered_json example(const Tape::Update& update) {
  const auto before = update.before.data(), after = update.after.data();
  size_t at = 0;
  for (size_t i = 0; i < after.size(); ++i)
    if (std::abs(after[i] - before[i]) > std::abs(after[at] - before[at])) at = i;
  const auto old_velocity = update.old_velocity.data();
  return {{"element", at},
          {"before", before[at]},
          {"gradient", update.gradient.data()[at]},
          {"old_velocity", old_velocity.empty() ? 0 : old_velocity[at]},
          {"velocity", update.velocity.data()[at]},
          {"after", after[at]}};
}

void add_update(ordered_json& json, const Trace& trace, const Trace::Step& step) {
  const Tape::Update& update = trace.updates()[step.record];
  json["op"] = "sgd";
  json["path"] = step.name.substr(0, step.name.rfind('.'));
  json["output_shape"] = sizes(update.after.shape());
  json["inputs"] = ordered_json::array();
  json["parameters"] = update.after.numel();
  json["multiply_adds"] = 0;
  json["milliseconds"] = 0;
  json["frames"] = ordered_json::array();
  json["lr"] = update.settings.lr;
  json["momentum"] = update.settings.momentum;
  json["example"] = example(update);
}

ordered_json describe_hints(const Trace& trace) {
  ordered_json list = ordered_json::array();
  for (const Hint& hint : hints(trace)) {
    ordered_json entry{{"file", hint.file}, {"line", hint.line}, {"name", hint.name}, {"shape", sizes(hint.shape)}};
    if (hint.value) entry["value"] = *hint.value;
    entry["gradient"] = hint.gradient;
    entry["fresh"] = hint.fresh;
    list.push_back(std::move(entry));
  }
  return list;
}

// How many ways the gradients that a step passes on share: "one of 4", and how many have come by then.
void add_ways(ordered_json& shown, const Trace& trace, const Trace::Step& step) {
  const Node<float>& node = trace.node(step);
  size_t at = 0;
  for (const Variable& input : node.inputs) {
    if (!input.requires_grad()) continue;
    const std::vector<Path> paths = paths_to(trace, input);
    ordered_json& entry = shown[at++];
    entry["ways"] = paths.size();
    entry["ways_so_far"] = std::ranges::count_if(paths, [&](const Path& p) { return p.step <= trace.index(); });
  }
}

}  // namespace

std::string Trace::state() const {
  if (steps_.empty()) return "null";
  const Step& step = *current();
  ordered_json json{{"index", index_},   {"length", length()},     {"phase", phase_name(step.phase)},
                    {"name", step.name}, {"file", step.site.file}, {"line", step.site.line},
                    {"label", label_}};
  json["shape"] = sizes(step.shown.front().tensor.shape());
  if (step.phase == Phase::update) {
    add_update(json, *this, step);
  } else {
    add_op(json, *this, step);
  }
  json["in"] = describe(step.in);
  json["shown"] = describe(step.shown);
  if (step.phase == Phase::backward) add_ways(json["shown"], *this, step);
  if (step.phase != Phase::forward) json["paths"] = describe_paths(paths_to(*this, differentiated(*this, step)));
  for (const char* key : {"minimum", "maximum", "mean"})
    if (json["shown"][0].contains(key)) json[key] = json["shown"][0][key];
  json["hints"] = describe_hints(*this);
  return json.dump();
}

}  // namespace cnnlab
