#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"

namespace cnnlab {

template <class T>
BasicVariable<T> zero_pad_shortcut(const BasicVariable<T>& x, ShortcutOptions options, CallSite site) {
  Op<T> op{"zero_pad_shortcut", site};
  const Shape& shape = x.shape();
  check(shape.rank() == 4 && shape[2] > 0 && shape[3] > 0,
        "zero_pad_shortcut: input must be (N, C, H, W) with H and W at least 1, got ", shape);
  check(options.stride >= 1, "zero_pad_shortcut: stride must be at least 1, got ", options.stride);
  check(options.channels >= shape[1], "zero_pad_shortcut: cannot make ", options.channels, " channels of the ",
        shape[1], " of input ", shape, ": it only adds some");
  const ShortcutGeometry g{
      .n = shape[0], .c = shape[1], .h = shape[2], .w = shape[3], .o = options.channels, .stride = options.stride};
  Device* const device = op.device(x);
  BasicTensor<T> y({g.n, g.o, g.out_h(), g.out_w()}, device);
  backend<T>(device).zero_pad_shortcut(g, x.value().raw(), y.raw());
  auto gradient = [g](const BasicTensor<T>& dy, const Needs&) {
    BasicTensor<T> dx({g.n, g.c, g.h, g.w}, dy.device());
    backend<T>(dy.device()).zero_pad_shortcut_backward(g, dy.raw(), dx.raw());
    return std::vector{dx};
  };
  return op.output(y, {x}, gradient);
}

template Variable zero_pad_shortcut(const Variable&, ShortcutOptions, CallSite);
template BasicVariable<double> zero_pad_shortcut(const BasicVariable<double>&, ShortcutOptions, CallSite);

}  // namespace cnnlab
