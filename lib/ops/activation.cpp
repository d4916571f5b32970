#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"

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

template Variable relu(const Variable&, CallSite);
template BasicVariable<double> relu(const BasicVariable<double>&, CallSite);

}  // namespace cnnlab
