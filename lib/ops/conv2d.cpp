#include <utility>

#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/ops/pending.hpp"

namespace cnnlab {
namespace {

template <class T>
Conv2dGeometry conv2d_geometry(const Shape& x, const Shape& weight, const BasicVariable<T>& bias,
                               Conv2dOptions options) {
  check(x.rank() == 4, "conv2d: input must be (N, C, H, W), got ", x);
  check(weight.rank() == 4 && weight[2] == weight[3], "conv2d: weight must be (O, C, K, K), got ", weight);
  check(x[1] == weight[1], "conv2d: input has ", x[1], " channels but the weight expects ", weight[1], ": input ", x,
        ", weight ", weight);
  check(options.stride >= 1, "conv2d: stride must be at least 1, got ", options.stride);
  check(options.padding >= 0, "conv2d: padding must be at least 0, got ", options.padding);
  const Conv2dGeometry g{.n = x[0],
                         .c = x[1],
                         .h = x[2],
                         .w = x[3],
                         .o = weight[0],
                         .k = weight[2],
                         .stride = options.stride,
                         .padding = options.padding};
  check(g.k >= 1 && g.h + 2 * g.padding >= g.k && g.w + 2 * g.padding >= g.k, "conv2d: the ", g.k, "x", g.k,
        " kernel does not fit the input with padding ", g.padding, ": input ", x, ", weight ", weight);
  check(!bias.defined() || bias.shape() == Shape{g.o}, "conv2d: bias must have one value for each of the ", g.o,
        " output channels: bias ", bias.defined() ? bias.shape() : Shape{}, ", weight ", weight);
  return g;
}

template <class T>
Gradient<T> gradient_of_conv2d(const Conv2dGeometry& g, const BasicVariable<T>& input, BasicTensor<T> weight) {
  const auto pending = waiting_channels(input);
  return [g, pending, x = pending ? BasicTensor<T>() : input.value(), weight = std::move(weight)](
             const BasicTensor<T>& dy, const Needs& needs) {
    std::vector<BasicTensor<T>> d(needs.size());  // dx, dw and, with a bias, db
    if (needs[0]) d[0] = BasicTensor<T>({g.n, g.c, g.h, g.w}, dy.device());
    if (needs[1]) d[1] = BasicTensor<T>(weight.shape(), dy.device());
    if (needs.size() > 2 && needs[2]) d[2] = BasicTensor<T>({g.o}, dy.device());
    const std::span<T> db = d.size() > 2 ? d[2].raw() : std::span<T>();
    const auto& back = backend<T>(dy.device());
    if (pending) {
      back.conv2d_channels_backward(g, pending->channels(), weight.raw(), dy.raw(), d[0].raw(), d[1].raw(), db);
    } else {
      back.conv2d_backward(g, x.raw(), weight.raw(), dy.raw(), d[0].raw(), d[1].raw(), db);
    }
    return d;
  };
}

template <class T>
std::shared_ptr<const Pending<T>> projected(const Conv2dGeometry& g, const BasicVariable<T>& x,
                                            const BasicVariable<T>& weight, const BasicVariable<T>& bias) {
  typename Pending<T>::Projection due{.x = x, .weight = weight, .bias = bias, .weight_then = weight.value().clone()};
  if (bias.defined()) due.bias_then = bias.value().clone();
  return std::make_shared<const Pending<T>>(Pending<T>{.shape = {g.n, g.o, g.h, g.w}, .projection = std::move(due)});
}

}  // namespace

template <class T>
BasicVariable<T> conv2d(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                        Conv2dOptions options, CallSite site) {
  Op<T> op{"conv2d", site};
  const Conv2dGeometry g = conv2d_geometry(x.shape(), weight.shape(), bias, options);
  Device* const device = op.device(x, weight, bias);
  const auto pending = waiting_channels(x);
  std::vector<BasicVariable<T>> inputs{x};
  Gradient<T> gradient;
  if (pending && pending->norm) gradient = gradient_of_conv2d_and_norm<T>(g, pending, weight.value());
  if (gradient) {
    inputs = pending->inputs();
  } else {
    gradient = gradient_of_conv2d<T>(g, x, weight.value());
  }
  inputs.push_back(weight);
  if (bias.defined()) inputs.push_back(bias);
  if (may_wait<T>(device) && g.k == 1 && g.stride == 1 && g.padding == 0)
    return op.output(projected(g, x, weight, bias), std::move(inputs), gradient);
  const std::span<const T> b = bias.defined() ? bias.value().raw() : std::span<const T>();
  return op.output(convolved(g, x, weight.value(), b), std::move(inputs), gradient, g.multiply_adds(),
                   {g.k, g.stride, g.padding});
}

template Variable conv2d(const Variable&, const Variable&, const Variable&, Conv2dOptions, CallSite);
template BasicVariable<double> conv2d(const BasicVariable<double>&, const BasicVariable<double>&,
                                      const BasicVariable<double>&, Conv2dOptions, CallSite);

}  // namespace cnnlab
