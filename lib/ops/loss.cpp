#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"

namespace cnnlab {

template <class T>
BasicVariable<T> log_softmax(const BasicVariable<T>& x, CallSite site) {
  Op<T> op{"log_softmax", site};
  check(x.shape().rank() == 2, "log_softmax: input must be (N, classes), got ", x.shape());
  const int64_t n = x.size(0), classes = x.size(1);
  BasicTensor<T> y(x.shape());
  backend<T>().log_softmax(n, classes, x.value().data(), y.data());
  auto gradient = [n, classes, y](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(y.shape());
    backend<T>().log_softmax_backward(n, classes, y.data(), dy.data(), dx.data());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template <class T>
BasicVariable<T> nll_loss(const BasicVariable<T>& log_probabilities, const std::vector<int32_t>& labels,
                          CallSite site) {
  Op<T> op{"nll_loss", site};
  const Shape& shape = log_probabilities.shape();
  check(shape.rank() == 2 && shape[0] >= 1, "nll_loss: input must be (N, classes) with N at least 1, got ", shape);
  const int64_t n = shape[0], classes = shape[1];
  check(n == static_cast<int64_t>(labels.size()), "nll_loss: input ", shape, " has ", n, " rows but there are ",
        labels.size(), " labels");
  for (size_t i = 0; i < labels.size(); ++i)
    check(labels[i] >= 0 && labels[i] < classes, "nll_loss: label ", labels[i], " at position ", i, " is not in 0…",
          classes - 1);
  auto loss = BasicTensor<T>::scalar(backend<T>().nll_loss(n, classes, log_probabilities.value().data(), labels));
  auto gradient = [n, classes, labels](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx({n, classes});
    backend<T>().nll_loss_backward(n, classes, labels, dy.item(), dx.data());
    return std::vector{dx};
  };
  return op.output(loss, {log_probabilities}, gradient);
}

#define INSTANTIATE(T)                                                      \
  template BasicVariable<T> log_softmax(const BasicVariable<T>&, CallSite); \
  template BasicVariable<T> nll_loss(const BasicVariable<T>&, const std::vector<int32_t>&, CallSite);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace cnnlab
