#include "lib/autograd/variable.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>

#include "lib/autograd/pending.hpp"
#include "lib/backend.hpp"

namespace cnnlab {
namespace {

thread_local bool no_grad = false;

// All values that `last` depends on and that want a gradient, those made last first: an order in which every value
// comes after all ops that used it.
template <class T>
std::vector<BasicVariable<T>> values_to_differentiate(const BasicVariable<T>& last) {
  std::vector<BasicVariable<T>> found{last};
  std::unordered_set<const void*> seen{last.id()};
  for (size_t i = 0; i < found.size(); ++i) {
    const auto node = found[i].node();  // not a reference: `found` grows
    for (const BasicVariable<T>& input : node->inputs)
      if (input.requires_grad() && input.node() && seen.insert(input.id()).second) found.push_back(input);
  }
  std::ranges::sort(found, std::ranges::greater{}, [](const auto& value) { return value.node()->sequence; });
  return found;
}

// Runs one op's gradient and hands the results to its inputs.
template <class T>
void differentiate(Node<T>& node, const BasicTensor<T>& dy) {
  check(node.gradient != nullptr, "backward: the graph of this ", node.op,
        " was used by an earlier backward and is gone; run the forward pass again");
  Needs needs;
  for (const BasicVariable<T>& input : node.inputs) needs.push_back(input.requires_grad());
  const auto start = std::chrono::steady_clock::now();
  std::vector<BasicTensor<T>> gradients = node.gradient(dy, needs);
  node.gradient = nullptr;  // what forward saved goes back to the pool
  if (node.recorded)
    node.backward_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const bool added_already = gradients[i].numel() == 0 && node.inputs[i].has_grad();
    if (needs[i] && !added_already) node.inputs[i].accumulate_grad(gradients[i]);
  }
  if (node.recorded) node.input_grads = std::move(gradients);
}

}  // namespace

template <class T>
BasicVariable<T>::BasicVariable(BasicTensor<T> value, bool requires_grad) : state_(std::make_shared<State>()) {
  state_->value = std::move(value);
  state_->requires_grad = requires_grad;
}

template <class T>
BasicVariable<T>::BasicVariable(std::shared_ptr<const Pending<T>> pending, bool requires_grad)
    : BasicVariable(BasicTensor<T>(), requires_grad) {
  state_->pending = std::move(pending);
}

template <class T>
const Shape& BasicVariable<T>::shape() const {
  const State& s = state();
  return s.pending ? s.pending->shape : s.value.shape();
}

template <class T>
void BasicVariable<T>::write(State& s) {
  const Pending<T>& x = *s.pending;
  if (const auto& due = x.projection) {
    const Shape& from = due->x.shape();
    const Conv2dGeometry g{.n = from[0], .c = from[1], .h = from[2], .w = from[3], .o = x.shape[1], .k = 1};
    s.value = convolved(g, due->x, due->weight_then, due->bias_then.raw());
  } else {
    s.value = BasicTensor<T>(x.shape);
    backend<T>().write_channels(x.shape[0], x.shape[2] * x.shape[3], x.channels(), s.value.raw());
  }
  s.pending = nullptr;
}

template <class T>
BasicTensor<T> convolved(const Conv2dGeometry& g, const BasicVariable<T>& x, const BasicTensor<T>& weight,
                         std::span<const T> bias) {
  const auto channels = waiting_channels(x);  // are read as they lie, and never written out
  BasicTensor<T> y({g.n, g.o, g.out_h(), g.out_w()}, x.device());
  const Backend<T>& kernels = backend<T>(x.device());
  if (channels) {
    kernels.conv2d_channels(g, channels->channels(), weight.raw(), bias, y.raw());
  } else {
    kernels.conv2d(g, x.value().raw(), weight.raw(), bias, y.raw());
  }
  return y;
}

template <class T>
bool Pending<T>::Projection::weights_unchanged() const {
  const auto same = [](std::span<const T> before, std::span<const T> now) {
    return std::equal(before.begin(), before.end(), now.begin(), now.end());
  };
  return same(weight_then.raw(), weight.value().raw()) &&
         (!bias.defined() || same(bias_then.raw(), bias.value().raw()));
}

template <class T>
const BasicTensor<T>& BasicVariable<T>::grad() const {
  check(has_grad(), "grad: this value", name().empty() ? "" : " (" + name() + ")",
        " has no gradient; call backward() on the loss first");
  return state().grad;
}

template <class T>
BasicTensor<T>& BasicVariable<T>::grad() {
  return const_cast<BasicTensor<T>&>(std::as_const(*this).grad());
}

template <class T>
void BasicVariable<T>::accumulate_grad(const BasicTensor<T>& gradient) {
  State& s = state();
  check(gradient.shape() == shape(), "gradient: shape ", gradient.shape(), " does not fit a value of shape ", shape());
  if (s.has_grad) {
    // Not in place: ops may pass on the very tensor they received (add, flatten), and others still read it.
    BasicTensor<T> sum(gradient.shape(), gradient.device());
    backend<T>(gradient.device()).add(s.grad.raw(), gradient.raw(), sum.raw());
    s.grad = std::move(sum);
  } else {
    s.grad = gradient;
  }
  s.has_grad = true;
}

template <class T>
BasicTensor<T>* BasicVariable<T>::own_grad() {
  State& s = state();
  return s.has_grad && !s.grad.shared() ? &s.grad : nullptr;
}

template <class T>
void BasicVariable<T>::clear_grad() {
  state().grad = {};
  state().has_grad = false;
}

template <class T>
void BasicVariable<T>::backward() const {
  check(value().numel() == 1, "backward: it starts from one number (a loss), not from shape ", shape());
  check(requires_grad() && node(), "backward: this value does not depend on any parameter");
  BasicVariable loss = *this;
  loss.accumulate_grad(BasicTensor<T>::full(shape(), T(1), value().device()));
  for (BasicVariable<T>& value : values_to_differentiate(loss)) {
    if (!value.has_grad()) continue;  // its op's gradient was needed by nobody
    differentiate(*value.node(), value.grad());
    if (!value.node()->recorded) value.clear_grad();
  }
}

NoGrad::NoGrad() : before_(std::exchange(no_grad, true)) {}
NoGrad::~NoGrad() { no_grad = before_; }
bool NoGrad::active() { return no_grad; }

template class BasicVariable<float>;
template class BasicVariable<double>;
template struct Pending<float>::Projection;
template struct Pending<double>::Projection;
template Tensor convolved(const Conv2dGeometry&, const Variable&, const Tensor&, std::span<const float>);
template BasicTensor<double> convolved(const Conv2dGeometry&, const BasicVariable<double>&, const BasicTensor<double>&,
                                       std::span<const double>);

}  // namespace cnnlab
