#include "lib/autograd/tape.hpp"

#include <algorithm>
#include <utility>

namespace cnnlab {
namespace {

template <class T>
thread_local BasicTape<T>* active_tape = nullptr;

thread_local int64_t next_sequence = 0;

}  // namespace

template <class T>
BasicTape<T>::BasicTape() : outer_(std::exchange(active_tape<T>, this)) {}

template <class T>
BasicTape<T>::~BasicTape() {
  active_tape<T> = outer_;
}

template <class T>
BasicTape<T>* BasicTape<T>::active() {
  return active_tape<T>;
}

template <class T>
int BasicTape<T>::producer(const BasicVariable<T>& value) const {
  const auto it = std::ranges::find(records_, value, &Record::output);
  return it == records_.end() ? -1 : static_cast<int>(it - records_.begin());
}

template <class T>
Op<T>::Op(std::string_view name, CallSite site) : name_(name), site_(site) {
  BasicTape<T>* tape = BasicTape<T>::active();
  if (!tape) return;
  tape->begin({name_, site_, Scope::frames(), Scope::path()});
  start_ = std::chrono::steady_clock::now();
}

template <class T>
template <class Result>
BasicVariable<T> Op<T>::output(Result y, std::vector<BasicVariable<T>> inputs, Gradient<T> gradient,
                               int64_t multiply_adds, Window window) {
  const bool differentiable =
      !NoGrad::active() && std::ranges::any_of(inputs, [](const auto& input) { return input.requires_grad(); });
  BasicTape<T>* tape = BasicTape<T>::active();
  BasicVariable<T> result(std::move(y), differentiable);
  if (!differentiable && !tape) return result;

  auto node = std::make_shared<Node<T>>();
  node->op = name_;
  node->sequence = next_sequence++;
  node->inputs = std::move(inputs);
  if (differentiable) node->gradient = std::move(gradient);
  if (tape) {
    node->recorded = true;
    node->site = site_;
    node->frames = Scope::frames();
    node->path = Scope::path();
    node->multiply_adds = multiply_adds;
    node->window = window;
    node->forward_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    tape->add(node, result);
  }
  result.set_node(std::move(node));
  return result;
}

template class BasicTape<float>;
template class BasicTape<double>;
template class Op<float>;
template class Op<double>;
template BasicVariable<float> Op<float>::output(BasicTensor<float>, std::vector<BasicVariable<float>>, Gradient<float>,
                                                int64_t, Window);
template BasicVariable<float> Op<float>::output(std::shared_ptr<const Pending<float>>,
                                                std::vector<BasicVariable<float>>, Gradient<float>, int64_t, Window);
template BasicVariable<double> Op<double>::output(BasicTensor<double>, std::vector<BasicVariable<double>>,
                                                  Gradient<double>, int64_t, Window);
template BasicVariable<double> Op<double>::output(std::shared_ptr<const Pending<double>>,
                                                  std::vector<BasicVariable<double>>, Gradient<double>, int64_t,
                                                  Window);

}  // namespace cnnlab
