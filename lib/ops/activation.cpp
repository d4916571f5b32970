#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/ops/pending.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

template <class T>
BasicVariable<T> relu(const BasicVariable<T>& x, CallSite site) {
  Op<T> op{"relu", site};
  Device* const device = op.device(x);
  if (const auto channels = waiting_channels(x); may_wait<T>(device) && channels && channels->norm) {
    auto y = std::make_shared<Pending<T>>(*channels);
    y->rectified = true;
    return op.output(std::shared_ptr<const Pending<T>>(y), y->inputs(), gradient_of_norm<T>(y));
  }
  BasicTensor<T> y(x.shape(), device);
  backend<T>(device).relu(x.value().raw(), y.raw());
  auto gradient = [x = x.value()](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(x.shape(), dy.device());
    backend<T>(dy.device()).relu_backward(x.raw(), dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template <class T>
BasicVariable<T> dropout(const BasicVariable<T>& x, DropoutOptions options, CallSite site) {
  Op<T> op{"dropout", site};
  const double p = options.p;
  check(p >= 0 && p <= 1, "dropout: p must be between 0 and 1, got ", p);
  if (!options.training) return x;
  const uint64_t key = default_random().bits();
  Device* const device = op.device(x);
  BasicTensor<T> y(x.shape(), device);
  backend<T>(device).dropout(key, p, x.value().raw(), y.raw());
  auto gradient = [key, p](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(dy.shape(), dy.device());
    backend<T>(dy.device()).dropout(key, p, dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template Variable dropout(const Variable&, DropoutOptions, CallSite);
template BasicVariable<double> dropout(const BasicVariable<double>&, DropoutOptions, CallSite);
template Variable relu(const Variable&, CallSite);
template BasicVariable<double> relu(const BasicVariable<double>&, CallSite);

}  // namespace cnnlab
