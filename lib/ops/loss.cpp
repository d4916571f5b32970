#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"

namespace cnnlab {

template <class T>
BasicVariable<T> log_softmax(const BasicVariable<T>& x, CallSite site) {
  Op<T> op{"log_softmax", site};
  check(x.shape().rank() == 2, "log_softmax: input must be (N, classes), got ", x.shape());
  const int64_t n = x.size(0), classes = x.size(1);
  Device* const device = op.device(x);
  BasicTensor<T> y(x.shape(), device);
  backend<T>(device).log_softmax(n, classes, x.value().raw(), y.raw());
  auto gradient = [n, classes, y](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(y.shape(), dy.device());
    backend<T>(dy.device()).log_softmax_backward(n, classes, y.raw(), dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template <class T>
BasicVariable<T> nll_loss(const BasicVariable<T>& log_probabilities, const Labels& labels, CallSite site) {
  Op<T> op{"nll_loss", site};
  const Shape& shape = log_probabilities.shape();
  check(shape.rank() == 2 && shape[0] >= 1, "nll_loss: input must be (N, classes) with N at least 1, got ", shape);
  const int64_t n = shape[0], classes = shape[1];
  check(n == static_cast<int64_t>(labels.size()), "nll_loss: input ", shape, " has ", n, " rows but there are ",
        labels.size(), " labels");
  for (size_t i = 0; i < labels.size(); ++i) {
    check(labels[i] >= 0 && labels[i] < classes, "nll_loss: label ", labels[i], " at position ", i, " is not in 0…",
          classes - 1);
  }
  Device* const device = op.device(log_probabilities);
  const IndexTensor chosen = labels.on(device);
  BasicTensor<T> loss({}, device);
  backend<T>(device).nll_loss(n, classes, log_probabilities.value().raw(), chosen.raw(), loss.raw());
  auto gradient = [n, classes, chosen](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx({n, classes}, dy.device());
    backend<T>(dy.device()).nll_loss_backward(n, classes, chosen.raw(), dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(loss, {log_probabilities}, gradient);
}

#define INSTANTIATE(T)                                                      \
  template BasicVariable<T> log_softmax(const BasicVariable<T>&, CallSite); \
  template BasicVariable<T> nll_loss(const BasicVariable<T>&, const Labels&, CallSite);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace cnnlab
