#include "web/lab/step/explain.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace cnnlab {
namespace {

using Kind = Explanation::Kind;

// An op's inputs and output, and the number in question: n, c, y, x (of a matrix n and c).
struct Question {
  const Trace& trace;
  const Node<float>& node;
  const Tensor& output;
  int64_t element;
  std::array<int64_t, 4> at{};

  Question(const Trace& t, const Trace::Step& step, int64_t which)
      : trace(t), node(t.node(step)), output(step.shown[0].tensor), element(which) {
    const std::vector<int64_t> place = position(output.shape(), element);
    std::ranges::copy(place, at.begin());
  }
  const Tensor& input(size_t i) const { return trace.value(node.inputs[i]); }
  float bias() const { return node.inputs.size() > 2 ? input(2).data()[at[1]] : 0; }
  float value() const { return output.data()[element]; }
};

// Walks over the window of an output, with `visit(cell of the window, place in the input)`; of the padding nothing.
template <class Visit>
Explanation::Region visit_window(const Question& q, int64_t first_channel, int64_t channels, const Visit& visit) {
  const Shape& x = q.input(0).shape();
  const auto [kernel, stride, padding] = q.node.window;
  const Explanation::Region region{q.at[2] * stride - padding, q.at[3] * stride - padding, kernel, first_channel,
                                   channels};
  for (int64_t cell = 0; cell < channels * kernel * kernel; ++cell) {
    const int64_t c = cell / (kernel * kernel), i = cell / kernel % kernel, j = cell % kernel;
    const int64_t row = region.top + i, column = region.left + j;
    if (row < 0 || column < 0 || row >= x[2] || column >= x[3]) continue;
    visit(cell, ((q.at[0] * x[1] + first_channel + c) * x[2] + row) * x[3] + column);
  }
  return region;
}

Explanation conv2d(const Question& q) {
  const Tensor &x = q.input(0), &weight = q.input(1);
  const int64_t channels = x.size(1), k = q.node.window.kernel;
  const Shape shape{1, channels, k, k};
  Explanation e{.kind = Kind::sum, .value = q.value()};
  Tensor patch = Tensor::zeros(shape),
         kernel(shape, weight.data().subspan(q.at[1] * channels * k * k, channels * k * k));
  Tensor products = Tensor::zeros(shape);
  e.window = visit_window(q, 0, channels, [&](int64_t cell, int64_t place) {
    const float value = x.data()[place], w = kernel.data()[cell];
    e.terms.push_back({0, place, value, w});
    patch.data()[cell] = value;
    products.data()[cell] = value * w;
  });
  if (q.node.inputs.size() > 2) e.bias = q.bias();
  e.patch = patch;
  e.kernel = kernel;
  e.products = products;
  return e;
}

Explanation linear(const Question& q) {
  const Tensor &x = q.input(0), &weight = q.input(1);
  const int64_t count = x.size(1);
  Explanation e{.kind = Kind::sum, .value = q.value()};
  Tensor patch({1, count}, x.data().subspan(q.at[0] * count, count)), products({1, count});
  Tensor kernel({1, count}, weight.data().subspan(q.at[1] * count, count));
  for (int64_t i = 0; i < count; ++i) {
    e.terms.push_back({0, q.at[0] * count + i, patch.data()[i], kernel.data()[i]});
    products.data()[i] = patch.data()[i] * kernel.data()[i];
  }
  if (q.node.inputs.size() > 2) e.bias = q.bias();
  e.patch = patch;
  e.kernel = kernel;
  e.products = products;
  return e;
}

Explanation pool(const Question& q, Kind kind) {
  const int64_t k = q.node.window.kernel;
  Explanation e{.kind = kind, .value = q.value(), .divisor = kind == Kind::mean ? k * k : 1};
  Tensor patch = Tensor::zeros({1, 1, k, k});
  e.window = visit_window(q, q.at[1], 1, [&](int64_t cell, int64_t place) {
    const float value = q.input(0).data()[place];
    e.terms.push_back({0, place, value, {}});
    patch.data()[cell] = value;
    if (value > e.terms[e.winner].x) e.winner = e.terms.size() - 1;
  });
  e.patch = patch;
  return e;
}

// The one input number that this output was made of.
Explanation single(const Question& q, Kind kind, size_t input, int64_t element) {
  return {.kind = kind, .value = q.value(), .terms = {{input, element, q.input(input).data()[element], {}}}};
}

Explanation add(const Question& q) {
  Explanation e{.kind = Kind::sum, .value = q.value()};
  for (size_t i = 0; i < q.node.inputs.size(); ++i) e.terms.push_back({i, q.element, q.input(i).data()[q.element], {}});
  return e;
}

// The parts lie one after the other.
Explanation cat(const Question& q) {
  const Shape& whole = q.output.shape();
  std::vector<int64_t> place = position(whole, q.element);
  const int axis = joined_axis(whole, q.node.inputs[0].shape());
  size_t part = 0;
  for (; part + 1 < q.node.inputs.size() && place[axis] >= q.node.inputs[part].size(axis); ++part)
    place[axis] -= q.node.inputs[part].size(axis);
  int64_t element = 0;
  for (int i = 0; i < whole.rank(); ++i) element = element * q.node.inputs[part].size(i) + place[i];
  return single(q, Kind::copy, part, element);
}

Explanation log_softmax(const Question& q) {
  Explanation e = single(q, Kind::log_softmax, 0, q.element);
  const int64_t classes = q.output.size(1);
  const auto row = q.input(0).data().subspan(q.at[0] * classes, classes);
  double sum = 0;
  const double most = *std::max_element(row.begin(), row.end());
  for (const float x : row) sum += std::exp(static_cast<double>(x) - most);
  e.log_sum = most + std::log(sum);
  return e;
}

std::optional<Explanation> explain_output(const Trace& trace, const Trace::Step& step, int64_t element) {
  const Question q(trace, step, element);
  const std::string_view op = q.node.op;
  if (op == "conv2d") return conv2d(q);
  if (op == "linear") return linear(q);
  if (op == "max_pool2d") return pool(q, Kind::largest);
  if (op == "avg_pool2d") return pool(q, Kind::mean);
  if (op == "relu") return single(q, Kind::positive, 0, element);
  if (op == "flatten" || op == "view") return single(q, Kind::copy, 0, element);
  if (op == "cat") return cat(q);
  if (op == "add") return add(q);
  if (op == "log_softmax") return log_softmax(q);
  if (op == "nll_loss" && q.input(0).size(0) == 1) return single(q, Kind::negative, 0, trace.label());
  return {};
}

// w − lr·v. The first step's velocity is the gradient, and a run is a first step.
Explanation update(const Trace& trace, const Trace::Step& step, int64_t element) {
  const Tape::Update& update = trace.updates()[step.record];
  return {.kind = Kind::sum,
          .value = update.after.data()[element],
          .terms = {{0, element, update.before.data()[element], {}},
                    {1, element, update.velocity.data()[element], -static_cast<float>(update.settings.lr)}}};
}

}  // namespace

double Explanation::result() const {
  if (kind == Kind::largest || kind == Kind::positive || kind == Kind::copy)
    return kind == Kind::positive ? std::max(terms[0].product(), 0.0) : terms[winner].product();
  double sum = bias ? static_cast<double>(*bias) : 0;
  for (const Term& term : terms) sum += term.product();
  if (kind == Kind::negative) return -sum;
  return sum / static_cast<double>(divisor) - log_sum;
}

std::optional<Explanation> explain(const Trace& trace, const Trace::Pick& pick) {
  const Trace::Step* step = trace.current();
  if (!step || pick.tensor >= step->shown.size() || pick.element < 0 ||
      pick.element >= step->shown[pick.tensor].tensor.numel())
    return {};
  if (step->phase == Trace::Phase::backward) return explain_gradient(trace, pick);
  return step->phase == Trace::Phase::update ? update(trace, *step, pick.element)
                                             : explain_output(trace, *step, pick.element);
}

int joined_axis(const Shape& whole, const Shape& part) {
  int axis = 0;
  while (axis < whole.rank() - 1 && whole[axis] == part[axis]) ++axis;
  return axis;
}

std::vector<int64_t> position(const Shape& shape, int64_t element) {
  std::vector<int64_t> place(static_cast<size_t>(shape.rank()));
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    place[static_cast<size_t>(axis)] = element % shape[axis];
    element /= shape[axis];
  }
  return place;
}

std::string position_text(const Shape& shape, int64_t element) {
  std::string place = "[";
  for (const int64_t at : position(shape, element))
    place.append(place.size() > 1 ? ", " : "").append(std::to_string(at));
  return place + "]";
}

}  // namespace cnnlab
