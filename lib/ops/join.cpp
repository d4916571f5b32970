#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"
#include "lib/ops/ops.hpp"
#include "lib/ops/pending.hpp"

// Ops that join values or give them another shape.
namespace cnnlab {
namespace {

// An axis splits a shape (outer…, axis, inner…): a part contributes, for each outer index, one run of axis·inner
// numbers.
int64_t outer_size(const Shape& shape, int axis) {
  int64_t outer = 1;
  for (int i = 0; i < axis; ++i) outer *= shape[i];
  return outer;
}

template <class T>
Shape cat_shape(const std::vector<BasicVariable<T>>& parts, int axis) {
  check(!parts.empty(), "cat: there is nothing to join");
  const Shape& first = parts[0].shape();
  axis = first.normalize_axis(axis);
  int64_t total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Shape& shape = parts[i].shape();
    check(shape.rank() == first.rank() && shape.with(axis, first[axis]) == first, "cat: all sizes but that of axis ",
          axis, " must be equal: part 0 is ", first, ", part ", i, " is ", shape);
    total += shape[axis];
  }
  return first.with(axis, total);
}

// Each part's gradient is its slice of dy.
template <class T>
Gradient<T> gradient_of_cat(const std::vector<BasicVariable<T>>& parts, int64_t outer) {
  std::vector<Shape> shapes;
  shapes.reserve(parts.size());
  for (const BasicVariable<T>& part : parts) shapes.push_back(part.shape());
  return [shapes, outer](const BasicTensor<T>& dy, const Needs& needs) {
    std::vector<BasicTensor<T>> d(needs.size());
    const int64_t stride = outer ? dy.numel() / outer : 0;
    int64_t from = 0;
    for (size_t i = 0; i < d.size(); ++i) {
      const int64_t run = outer ? shapes[i].numel() / outer : 0;
      if (needs[i]) {
        d[i] = BasicTensor<T>(shapes[i], dy.device());
        backend<T>(dy.device()).copy_runs(outer, run, dy.raw().subspan(from), stride, d[i].raw(), run);
      }
      from += run;
    }
    return d;
  };
}

// The parts, and those that joined parts consist of.
template <class T>
std::vector<typename Pending<T>::Part> all_parts(const std::vector<BasicVariable<T>>& parts) {
  std::vector<typename Pending<T>::Part> all;
  for (const BasicVariable<T>& part : parts)
    for (auto& piece : parts_of(part)) all.push_back(std::move(piece));
  return all;
}

template <class T>
BasicVariable<T> reshaped(std::string_view name, const BasicVariable<T>& x, const BasicTensor<T>& y, CallSite site) {
  Op<T> op{name, site};
  auto gradient = [shape = x.shape()](const BasicTensor<T>& dy, const Needs&) {
    return std::vector{dy.reshape(shape)};
  };
  return op.output(y, {x}, gradient);
}

}  // namespace

template <class T>
BasicVariable<T> add(const BasicVariable<T>& a, const BasicVariable<T>& b, CallSite site) {
  Op<T> op{"add", site};
  check(a.shape() == b.shape(), "add: the shapes must be equal: ", a.shape(), " and ", b.shape());
  Device* const device = op.device(a, b);
  BasicTensor<T> y(a.shape(), device);
  backend<T>(device).add(a.value().raw(), b.value().raw(), y.raw());
  auto gradient = [](const BasicTensor<T>& dy, const Needs&) { return std::vector{dy, dy}; };
  return op.output(y, {a, b}, gradient);
}

template <class T>
BasicVariable<T> cat(const std::vector<BasicVariable<T>>& parts, int axis, CallSite site) {
  Op<T> op{"cat", site};
  const Shape shape = cat_shape(parts, axis);
  axis = shape.normalize_axis(axis);
  Device* const device = op.device(parts[0]);
  for (const BasicVariable<T>& part : parts) op.device(parts[0], part);
  const int64_t outer = outer_size(shape, axis);
  if (may_wait<T>(device) && axis == 1 && shape.rank() == 4) {
    const auto y = std::make_shared<const Pending<T>>(joined<T>(all_parts(parts)));
    return op.output(y, y->inputs(), gradient_of_cat(y->inputs(), outer));
  }
  BasicTensor<T> y(shape, device);
  const int64_t stride = outer ? shape.numel() / outer : 0;
  int64_t offset = 0;
  for (const BasicVariable<T>& part : parts) {
    const int64_t run = outer ? part.value().numel() / outer : 0;
    backend<T>(device).copy_runs(outer, run, part.value().raw(), run, y.raw().subspan(offset), stride);
    offset += run;
  }
  return op.output(y, parts, gradient_of_cat(parts, outer));
}

template <class T>
BasicVariable<T> view(const BasicVariable<T>& x, std::initializer_list<int64_t> sizes, CallSite site) {
  return reshaped("view", x, x.value().reshape(sizes), site);
}

template <class T>
BasicVariable<T> flatten(const BasicVariable<T>& x, CallSite site) {
  check(x.shape().rank() >= 1, "flatten: input must be (N, …), got ", x.shape());
  const int64_t n = x.size(0);
  return reshaped("flatten", x, x.value().reshape(Shape{n, n ? x.value().numel() / n : 0}), site);
}

#define INSTANTIATE(T)                                                                               \
  template BasicVariable<T> add(const BasicVariable<T>&, const BasicVariable<T>&, CallSite);         \
  template BasicVariable<T> cat(const std::vector<BasicVariable<T>>&, int, CallSite);                \
  template BasicVariable<T> view(const BasicVariable<T>&, std::initializer_list<int64_t>, CallSite); \
  template BasicVariable<T> flatten(const BasicVariable<T>&, CallSite);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace cnnlab
