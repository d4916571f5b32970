#include "lib/nn/surgery.hpp"

#include <algorithm>

namespace cnnlab::nn {
namespace {

bool belongs(const std::string& parameter, const std::string& path) { return parameter.starts_with(path + "."); }

}  // namespace

Surgery::Surgery(Module& model, const Module& untrained, const Cuts& cuts) : model_(model) {
  try {
    operate(untrained, cuts);
  } catch (...) {
    undo();
    throw;
  }
}

Surgery::~Surgery() { undo(); }

void Surgery::operate(const Module& untrained, const Cuts& cuts) {
  for (const auto& [path, cut] : cuts) {  // in alphabetical order: "a" stands before "a.b"
    if (cut == Cut::fresh) forget(path, untrained);
    if (cut == Cut::pass) let_through(path);
    if (cut == Cut::off) {
      model_.switch_off(path);
      off_.push_back(path);
    }
  }
}

void Surgery::undo() {
  for (const std::string& path : off_) model_.switch_off(path, false);
  // What was replaced twice was kept twice: the first is the trained one.
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) kept->now.copy_from(kept->trained);
}

void Surgery::replace(Tensor now, const Tensor& by) {
  kept_.push_back({now, now.clone()});
  now.copy_from(by);
}

void Surgery::forget(const std::string& path, const Module& untrained) {
  const auto own = model_.state_dict(), fresh = untrained.state_dict();
  check(own.size() == fresh.size(), "fresh: the untrained network is of another kind");
  bool any = false;
  for (size_t i = 0; i < own.size(); ++i) {
    if (!belongs(own[i].first, path)) continue;
    replace(own[i].second, fresh[i].second);
    any = true;
  }
  check(any, "fresh: this network has no part \"", path, "\" with parameters");
}

void Surgery::let_through(const std::string& path) {
  const auto tensors = model_.state_dict();
  const auto find = [&](const char* name) { return std::ranges::find(tensors, path + name, &NamedTensor::first); };
  const auto weight = find(".weight"), bias = find(".bias");
  const bool one_by_one = weight != tensors.end() && weight->second.shape().rank() == 4 &&
                          weight->second.size(2) == 1 && weight->second.size(3) == 1;
  check(one_by_one, "pass: \"", path, "\" is no 1x1 convolution");
  Tensor same = Tensor::zeros(weight->second.shape());  // (O, I, 1, 1): output o takes input o
  for (int64_t o = 0; o < std::min(same.size(0), same.size(1)); ++o) same.data()[o * same.size(1) + o] = 1;
  replace(weight->second, same);
  if (bias != tensors.end()) replace(bias->second, Tensor::zeros(bias->second.shape()));
}

}  // namespace cnnlab::nn
