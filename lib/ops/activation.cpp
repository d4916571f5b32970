#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

template <class T>
BasicVariable<T> relu(const BasicVariable<T>& x, CallSite site) {
  Op<T> op{"relu", site};
  BasicTensor<T> y(x.shape());
  backend<T>().relu(x.value().data(), y.data());
  auto gradient = [x = x.value()](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(x.shape());
    backend<T>().relu_backward(x.data(), dy.data(), dx.data());
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
  BasicTensor<T> y(x.shape());
  backend<T>().dropout(key, p, x.value().data(), y.data());
  auto gradient = [key, p](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(dy.shape());
    backend<T>().dropout(key, p, dy.data(), dx.data());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template Variable dropout(const Variable&, DropoutOptions, CallSite);
template BasicVariable<double> dropout(const BasicVariable<double>&, DropoutOptions, CallSite);
template Variable relu(const Variable&, CallSite);
template BasicVariable<double> relu(const BasicVariable<double>&, CallSite);

}  // namespace cnnlab
