#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/ops/pending.hpp"

namespace cnnlab {
namespace {

Pool2dGeometry pool2d_geometry(std::string_view op, const Shape& x, Pool2dOptions options) {
  check(x.rank() == 4, op, ": input must be (N, C, H, W), got ", x);
  check(options.kernel >= 1, op, ": kernel must be at least 1, got ", options.kernel);
  check(options.stride >= 0, op, ": stride must be at least 1 (0: the kernel's size), got ", options.stride);
  // PyTorch's rule: with more padding some windows would see nothing but padding.
  check(options.padding >= 0 && options.padding <= options.kernel / 2, op,
        ": padding must be between 0 and half of kernel ", options.kernel, ", got ", options.padding);
  const Pool2dGeometry g{.n = x[0],
                         .c = x[1],
                         .h = x[2],
                         .w = x[3],
                         .k = options.kernel,
                         .stride = options.stride ? options.stride : options.kernel,
                         .padding = options.padding};
  check(g.h + 2 * g.padding >= g.k && g.w + 2 * g.padding >= g.k, op, ": the ", g.k, "x", g.k,
        " window does not fit the input with padding ", g.padding, ": input ", x);
  return g;
}

template <class T>
std::optional<typename Pending<T>::Projection> projection_of(const BasicVariable<T>& x) {
  return x.pending() ? x.pending()->projection : std::nullopt;
}

}  // namespace

template <class T>
BasicVariable<T> max_pool2d(const BasicVariable<T>& x, Pool2dOptions options, CallSite site) {
  Op<T> op{"max_pool2d", site};
  const Pool2dGeometry g = pool2d_geometry("max_pool2d", x.shape(), options);
  Device* const device = op.device(x);
  BasicTensor<T> y({g.n, g.c, g.out_h(), g.out_w()}, device);
  IndexTensor argmax(y.shape(), device);
  backend<T>(device).max_pool2d(g, x.value().raw(), y.raw(), argmax.raw());
  auto gradient = [g, argmax](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx({g.n, g.c, g.h, g.w}, dy.device());
    backend<T>(dy.device()).max_pool2d_backward(g, argmax.raw(), dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient, 0, {g.k, g.stride, g.padding});
}

template <class T>
BasicVariable<T> avg_pool2d(const BasicVariable<T>& x, Pool2dOptions options, CallSite site) {
  Op<T> op{"avg_pool2d", site};
  const Pool2dGeometry g = pool2d_geometry("avg_pool2d", x.shape(), options);
  // Both are linear, and a 1×1 convolution looks at each pixel alone: of the means it makes the same.
  if (const auto due = projection_of(x); due && g.padding == 0 && g.stride > 1 && due->weights_unchanged())
    return conv2d(avg_pool2d(due->x, options, site), due->weight, due->bias, {}, site);
  Device* const device = op.device(x);
  BasicTensor<T> y({g.n, g.c, g.out_h(), g.out_w()}, device);
  backend<T>(device).avg_pool2d(g, x.value().raw(), y.raw());
  auto gradient = [g](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx({g.n, g.c, g.h, g.w}, dy.device());
    backend<T>(dy.device()).avg_pool2d_backward(g, dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient, 0, {g.k, g.stride, g.padding});
}

template <class T>
BasicVariable<T> global_avg_pool2d(const BasicVariable<T>& x, CallSite site) {
  Op<T> op{"global_avg_pool2d", site};
  check(x.shape().rank() == 4 && x.size(2) > 0 && x.size(3) > 0,
        "global_avg_pool2d: input must be (N, C, H, W) with H and W at least 1, got ", x.shape());
  const int64_t n = x.size(0), c = x.size(1), pixels = x.size(2) * x.size(3);
  Device* const device = op.device(x);
  BasicTensor<T> y({n, c, 1, 1}, device);
  backend<T>(device).global_avg_pool2d(n * c, pixels, x.value().raw(), y.raw());
  auto gradient = [shape = x.shape(), planes = n * c, pixels](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx(shape, dy.device());
    backend<T>(dy.device()).global_avg_pool2d_backward(planes, pixels, dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template Variable global_avg_pool2d(const Variable&, CallSite);
template BasicVariable<double> global_avg_pool2d(const BasicVariable<double>&, CallSite);
template Variable max_pool2d(const Variable&, Pool2dOptions, CallSite);
template BasicVariable<double> max_pool2d(const BasicVariable<double>&, Pool2dOptions, CallSite);
template Variable avg_pool2d(const Variable&, Pool2dOptions, CallSite);
template BasicVariable<double> avg_pool2d(const BasicVariable<double>&, Pool2dOptions, CallSite);

}  // namespace cnnlab
