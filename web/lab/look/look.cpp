#include "web/lab/look/look.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace cnnlab {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace

void Look::follow(std::vector<Tape::Record> records, std::shared_ptr<nn::Module> model, Tensor image) {
  records_ = std::move(records);
  model_ = std::move(model);
  image_ = std::move(image);
  diagram_ = Diagram(records_);
  ask(method_, asked_);
}

void Look::clear() { follow({}, nullptr, {}); }

void Look::open(std::set<std::string> ids) {
  open_ = std::move(ids);
  ++version_;
}

void Look::choose(const std::string& id) {
  chosen_ = id;
  ++version_;
}

const Diagram::Part* Look::chosen() const {
  const int part = diagram_.find(chosen_);
  return part < 0 ? nullptr : &diagram_.parts()[static_cast<size_t>(part)];
}

const Tensor* Look::output() const {
  const Diagram::Part* part = chosen();
  return part ? &records_[part->last].output.value() : nullptr;
}

const Tensor* Look::weight_of(const Diagram::Part& part) const {
  if (part.op.empty()) return nullptr;
  for (const Variable& input : records_[part.first].node->inputs)
    if (input.requires_grad() && !input.node() && input.shape().rank() >= 2) return &input.value();
  return nullptr;
}

const Tensor* Look::weight() const {
  const Diagram::Part* part = chosen();
  return part ? weight_of(*part) : nullptr;
}

bool Look::one_by_one(const Diagram::Part& part) const {
  const Tensor* weight = weight_of(part);
  return weight && weight->shape().rank() == 4 && weight->size(2) == 1 && weight->size(3) == 1;
}

const Tensor* Look::answer() const {
  if (diagram_.parts().empty()) return nullptr;
  return &records_[diagram_.parts()[static_cast<size_t>(diagram_.outermost().back())].last].output.value();
}

void Look::ask(Method method, int label) {
  method_ = method;
  asked_ = label;
  gradient_.reset();
  occlusion_.reset();
  ++version_;
}

int Look::label() const {
  if (asked_ >= 0) return asked_;
  const Tensor* output = answer();
  if (!output) return -1;
  return static_cast<int>(std::ranges::max_element(output->data()) - output->data().begin());
}

bool Look::advance(double milliseconds) {
  if (!model_) return false;
  if (method_ == Method::gradient) {
    if (gradient_) return false;
    gradient_ = gradient_times_input(*model_, image_, label());
    ++version_;
    return false;
  }
  if (!occlusion_) occlusion_.emplace(*model_, image_, label());
  const auto start = Clock::now();
  bool more = occlusion_->progress() < 1;
  while (more) {
    // Several at once are faster; as many as fit into what is left of the time.
    const double left = milliseconds - milliseconds_since(start);
    const int64_t count = std::clamp<int64_t>(std::llround(left / milliseconds_a_place_ / 2), 1, 28);
    const auto began = Clock::now();
    more = occlusion_->advance(count);
    const double now = milliseconds_since(began) / static_cast<double>(count);
    milliseconds_a_place_ = std::max({now, milliseconds_a_place_ * 0.9, 1e-3});
    ++version_;
    if (milliseconds_since(start) + milliseconds_a_place_ > milliseconds) break;
  }
  return more;
}

double Look::progress() const {
  if (method_ == Method::gradient) return gradient_ ? 1 : 0;
  return occlusion_ ? occlusion_->progress() : 0;
}

const Tensor* Look::attribution() const {
  if (method_ == Method::gradient) return gradient_ ? &*gradient_ : nullptr;
  return occlusion_ ? &occlusion_->map() : nullptr;
}

float Look::odds() const {
  const Tensor* output = answer();
  return output ? log_odds(*output, label()).item() : 0;
}

}  // namespace cnnlab
