#include "web/lab/step/trace.hpp"

#include <algorithm>

#include "lessons/training.hpp"

namespace cnnlab {
namespace {

bool same_place(const CallSite& a, const CallSite& b) { return a.line == b.line && std::string_view(a.file) == b.file; }

// A layer of lib/nn hands the line that called it to its only op.
bool is_layer(const Node<float>& node) {
  return !node.frames.empty() && !node.path.empty() && same_place(node.frames.back().site, node.site);
}

std::string op_name(const Node<float>& node) {
  if (is_layer(node)) return node.path;
  return (node.path.empty() ? "" : node.path + ".") + std::string(node.op);
}

std::vector<Frame> calls_of(const Node<float>& node) {
  std::vector<Frame> calls = node.frames;
  if (is_layer(node)) calls.pop_back();
  return calls;
}

// A parameter belongs to a layer, and that to the modules of its path, as ops do. Their calls are told apart by
// negative numbers, which no call of the run has.
std::vector<Frame> owners_of(const std::string& name, CallSite site, std::map<std::string, int64_t>& numbers) {
  std::vector<Frame> owners;
  const size_t layer = name.rfind('.') == std::string::npos ? 0 : name.rfind('.', name.rfind('.') - 1);
  if (layer == 0 || layer == std::string::npos) return owners;
  for (size_t from = 0, dot = 0; from < layer; from = dot + 1) {
    dot = std::min(name.find('.', from), layer);
    const auto number = numbers.emplace(name.substr(0, dot), -1 - static_cast<int64_t>(numbers.size())).first->second;
    owners.push_back({name.substr(from, dot - from), site, number});
  }
  return owners;
}

// Puts all numbers of a network, BatchNorm's statistics too, back to what they were.
class Keeper {
 public:
  explicit Keeper(nn::Module& module) : module_(module) {
    for (const auto& [name, tensor] : module.state_dict()) before_.emplace_back(name, tensor.clone());
  }
  ~Keeper() { module_.load(before_); }
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  const Tensor& operator[](const std::string& name) const {
    return std::ranges::find(before_, name, &nn::NamedTensor::first)->second;
  }

 private:
  nn::Module& module_;
  std::vector<nn::NamedTensor> before_;
};

}  // namespace

std::string_view phase_name(Trace::Phase phase) {
  return phase == Trace::Phase::forward ? "forward" : phase == Trace::Phase::backward ? "backward" : "update";
}

void Trace::run(const std::shared_ptr<nn::Module>& model, const Tensor& image, int label, const SgdSettings& settings) {
  const Batch batch{.images = image, .labels = {label}};
  optim::SGD optimizer(model->parameters(), settings);
  const Keeper keeper(*model);
  const Tape tape;
  model->eval();  // one image has no statistics of a batch
  train_step(*model, optimizer, batch);
  clear();
  records_ = tape.records();
  updates_ = tape.updates();
  label_ = label;
  for (const auto& [name, variable] : model->named_parameters()) parameters_[variable.id()] = {name, keeper[name]};
  for (size_t i = 0; i < records_.size(); ++i) producers_[records_[i].output.id()] = i;
  add_forward();
  add_backward();
  add_updates();
}

void Trace::add_forward() {
  for (size_t i = 0; i < records_.size(); ++i) {
    const Node<float>& node = *records_[i].node;
    Step step{Phase::forward, i, op_name(node), node.site, calls_of(node), {}, {}};
    for (const Variable& input : node.inputs) step.in.push_back({name(input), value(input)});
    step.shown.push_back({step.name, records_[i].output.value()});
    steps_.push_back(std::move(step));
  }
}

void Trace::add_backward() {
  for (size_t i = records_.size(); i-- > 0;) {
    const Node<float>& node = *records_[i].node;
    Step step{Phase::backward, i, op_name(node), node.site, calls_of(node), {}, {}};
    for (size_t k = 0; k < node.input_grads.size(); ++k)
      if (node.inputs[k].requires_grad()) step.shown.push_back({name(node.inputs[k]), node.input_grads[k]});
    if (step.shown.empty()) continue;
    step.in.push_back({step.name, records_[i].output.grad()});
    steps_.push_back(std::move(step));
  }
}

void Trace::add_updates() {
  std::map<std::string, int64_t> numbers;
  for (size_t i = 0; i < updates_.size(); ++i) {
    const Tape::Update& update = updates_[i];
    const std::string name = this->name(update.parameter);
    steps_.push_back({Phase::update,
                      i,
                      name,
                      update.site,
                      owners_of(name, update.site, numbers),
                      {{name, update.before}, {name + ".grad", update.gradient}},
                      {{name, update.after}}});
  }
}

void Trace::clear() {
  records_.clear();
  updates_.clear();
  steps_.clear();
  parameters_.clear();
  producers_.clear();
  pick_.reset();
  hover_.reset();
  index_ = 0;
  ++version_;
}

void Trace::go(int index) {
  index_ = std::clamp(index, 0, std::max(length() - 1, 0));
  pick_.reset();
  hover_.reset();
  ++version_;
}

void Trace::pick(std::optional<Pick> pick) {
  const bool there = pick && current() && pick->tensor < current()->shown.size() && pick->element >= 0 &&
                     pick->element < current()->shown[pick->tensor].tensor.numel();
  pick_ = there ? pick : std::nullopt;
}

std::optional<Trace::Pick> Trace::largest() const {
  if (!current()) return {};
  const auto values = current()->shown[0].tensor.data();
  return Pick{0, std::max_element(values.begin(), values.end()) - values.begin()};
}

const Tensor& Trace::value(const Variable& input) const {
  const auto it = parameters_.find(input.id());
  return it == parameters_.end() ? input.value() : it->second.value;
}

std::optional<size_t> Trace::producer(const Variable& input) const {
  const auto it = producers_.find(input.id());
  return it == producers_.end() ? std::nullopt : std::optional(it->second);
}

std::string Trace::name(const Variable& input) const {
  if (const auto it = parameters_.find(input.id()); it != parameters_.end()) return it->second.name;
  if (const auto it = producers_.find(input.id()); it != producers_.end()) return op_name(*records_[it->second].node);
  return "image";
}

}  // namespace cnnlab
