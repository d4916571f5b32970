#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/ops/pending.hpp"
#include "lib/tensor/device_group.hpp"

namespace cnnlab {
namespace {

BatchNorm2dGeometry batch_norm2d_geometry(const Shape& x, BatchNorm2dOptions options) {
  check(x.rank() == 4, "batch_norm2d: input must be (N, C, H, W), got ", x);
  check(options.momentum >= 0 && options.momentum <= 1, "batch_norm2d: momentum must be between 0 and 1, got ",
        options.momentum);
  check(options.eps > 0, "batch_norm2d: eps must be above 0, got ", options.eps);
  const BatchNorm2dGeometry g{
      .n = x[0], .c = x[1], .pixels = x[2] * x[3], .eps = options.eps, .training = options.training};
  check(!g.training || g.count() > 1, "batch_norm2d: training needs more than one number in each channel, got input ",
        x);
  return g;
}

void check_channels(std::string_view what, const Shape& shape, const Shape& x) {
  check(shape == Shape{x[1]}, "batch_norm2d: ", what, " must have one value for each of the ", x[1],
        " channels: ", what, " ", shape, ", input ", x);
}

// The running statistics move towards the batch's; they hold the unbiased variance. (Of a batch that devices share the
// others have as many numbers.)
template <class T>
void follow(double momentum, const BatchNorm2dGeometry& g, const BasicTensor<T>& mean, const BasicTensor<T>& variance,
            BasicTensor<T>& running_mean, BasicTensor<T>& running_var) {
  const auto m = static_cast<double>(g.count() * sharers_with(mean.device()));
  const Backend<T>& kernels = backend<T>(mean.device());
  kernels.move_towards(momentum, 1, mean.raw(), running_mean.raw());
  kernels.move_towards(momentum, m / (m - 1), variance.raw(), running_var.raw());
}

}  // namespace

template <class T>
BasicVariable<T> batch_norm2d(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                              BasicTensor<T> running_mean, BasicTensor<T> running_var, BatchNorm2dOptions options,
                              CallSite site) {
  Op<T> op{"batch_norm2d", site};
  const BatchNorm2dGeometry g = batch_norm2d_geometry(x.shape(), options);
  check_channels("weight", weight.shape(), x.shape());
  check_channels("bias", bias.shape(), x.shape());
  check_channels("running_mean", running_mean.shape(), x.shape());
  check_channels("running_var", running_var.shape(), x.shape());

  Device* const device = op.device(x, weight, bias, running_mean, running_var);
  BasicTensor<T> y, mean = running_mean.clone(), variance = running_var.clone();
  std::shared_ptr<const Pending<T>> pending;
  if (may_wait<T>(device)) {
    pending = std::make_shared<Pending<T>>(normalised(joined<T>(parts_of(x)), g, weight, bias, mean, variance));
  } else {
    y = BasicTensor<T>(x.shape(), device);
    backend<T>(device).batch_norm2d(g, x.value().raw(), weight.value().raw(), bias.value().raw(), mean.raw(),
                                    variance.raw(), y.raw());
  }
  if (g.training) follow(options.momentum, g, mean, variance, running_mean, running_var);
  if (pending) return op.output(pending, pending->inputs(), gradient_of_norm<T>(pending));
  auto gradient = [g, mean, variance, x = x.value(), weight = weight.value()](const BasicTensor<T>& dy,
                                                                              const Needs& needs) {
    std::vector<BasicTensor<T>> d(3);  // dx, dw, db
    if (needs[0]) d[0] = BasicTensor<T>(x.shape(), dy.device());
    if (needs[1]) d[1] = BasicTensor<T>({g.c}, dy.device());
    if (needs[2]) d[2] = BasicTensor<T>({g.c}, dy.device());
    backend<T>(dy.device())
        .batch_norm2d_backward(g, x.raw(), weight.raw(), mean.raw(), variance.raw(), dy.raw(), d[0].raw(), d[1].raw(),
                               d[2].raw());
    return d;
  };
  return op.output(y, {x, weight, bias}, gradient);
}

#define INSTANTIATE(T)                                                                                              \
  template BasicVariable<T> batch_norm2d(const BasicVariable<T>&, const BasicVariable<T>&, const BasicVariable<T>&, \
                                         BasicTensor<T>, BasicTensor<T>, BatchNorm2dOptions, CallSite);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace cnnlab
