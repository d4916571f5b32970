#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"

namespace cnnlab {
namespace {

// " (88·4·4 = flattened from (64, 88, 4, 4))": where a number of features comes from, when the tape knows.
template <class T>
std::string origin(const BasicVariable<T>& x) {
  if (!x.node() || (x.node()->op != "flatten" && x.node()->op != "view")) return "";
  const Shape& from = x.node()->inputs[0].shape();
  if (from.rank() != 4 || from[0] != x.size(0)) return "";
  return text(" (", from[1], " channels of ", from[2], "x", from[3], ", flattened from ", from, ")");
}

template <class T>
LinearGeometry linear_geometry(const BasicVariable<T>& x, const Shape& weight, const BasicVariable<T>& bias) {
  check(x.shape().rank() == 2, "linear: input must be (N, features), got ", x.shape(),
        x.shape().rank() > 2 ? "; flatten it first" : "");
  check(weight.rank() == 2, "linear: weight must be (out, in), got ", weight);
  check(x.size(1) == weight[1], "linear: input has ", x.size(1), " features", origin(x), " but the weight expects ",
        weight[1], ": input ", x.shape(), ", weight ", weight);
  check(!bias.defined() || bias.shape() == Shape{weight[0]}, "linear: bias must have one value for each of the ",
        weight[0], " outputs: bias ", bias.defined() ? bias.shape() : Shape{}, ", weight ", weight);
  return {.n = x.size(0), .i = weight[1], .o = weight[0]};
}

}  // namespace

template <class T>
BasicVariable<T> linear(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                        CallSite site) {
  Op<T> op{"linear", site};
  const LinearGeometry g = linear_geometry(x, weight.shape(), bias);
  Device* const device = op.device(x, weight, bias);
  BasicTensor<T> y({g.n, g.o}, device);
  const std::span<const T> no_bias;
  backend<T>(device).linear(g, x.value().raw(), weight.value().raw(), bias.defined() ? bias.value().raw() : no_bias,
                            y.raw());
  auto gradient = [g, x = x.value(), weight = weight.value()](const BasicTensor<T>& dy, const Needs& needs) {
    std::vector<BasicTensor<T>> d(needs.size());  // dx, dw and, with a bias, db
    if (needs[0]) d[0] = BasicTensor<T>(x.shape(), dy.device());
    if (needs[1]) d[1] = BasicTensor<T>(weight.shape(), dy.device());
    if (needs.size() > 2 && needs[2]) d[2] = BasicTensor<T>({g.o}, dy.device());
    backend<T>(dy.device())
        .linear_backward(g, x.raw(), weight.raw(), dy.raw(), d[0].raw(), d[1].raw(),
                         d.size() > 2 ? d[2].raw() : std::span<T>());
    return d;
  };
  std::vector<BasicVariable<T>> inputs{x, weight};
  if (bias.defined()) inputs.push_back(bias);
  return op.output(y, std::move(inputs), gradient, g.multiply_adds());
}

template Variable linear(const Variable&, const Variable&, const Variable&, CallSite);
template BasicVariable<double> linear(const BasicVariable<double>&, const BasicVariable<double>&,
                                      const BasicVariable<double>&, CallSite);

}  // namespace cnnlab
