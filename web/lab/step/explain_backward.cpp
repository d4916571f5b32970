#include <algorithm>
#include <cmath>

#include "web/lab/step/explain.hpp"

// How one number of a gradient came about: every one is a sum of the gradients of the op's output, each times how much
// that output changes with the number in question.
namespace cnnlab {
namespace {

// Letters as in lib/kernels/geometry.hpp. The number in question is element `element` of the gradient of input `input`.
struct Question {
  const Trace& trace;
  const Node<float>& node;
  const Tensor& dy;
  size_t input;
  int64_t element;

  const Tensor& value(size_t i) const { return trace.value(node.inputs[i]); }
  const Shape& shape() const { return value(input).shape(); }
};

class Sum {
 public:
  Sum(const Question& q, float value) : q_(q) {
    sum_.kind = Explanation::Kind::sum;
    sum_.value = value;
  }
  /// Adds the output's gradient at `place`, times w.
  void add(int64_t place, std::optional<float> w) { sum_.terms.push_back({0, place, q_.dy.data()[place], w}); }
  Explanation take() { return std::move(sum_); }

 private:
  const Question& q_;
  Explanation sum_;
};

// The windows in which a place of the input lies: `visit(output row, output column, row and column in the window)`.
template <class Visit>
void visit_windows(const Question& q, int64_t y, int64_t x, const Visit& visit) {
  const auto [k, stride, padding] = q.node.window;
  for (int64_t row = 0; row < q.dy.size(2); ++row) {
    const int64_t i = y + padding - row * stride;
    if (i < 0 || i >= k) continue;
    for (int64_t column = 0; column < q.dy.size(3); ++column) {
      const int64_t j = x + padding - column * stride;
      if (j >= 0 && j < k) visit(row, column, i, j);
    }
  }
}

int64_t place_of(const Shape& s, int64_t n, int64_t c, int64_t y, int64_t x) {
  return ((n * s[1] + c) * s[2] + y) * s[3] + x;
}

void input_of_conv2d(const Question& q, Sum& sum) {
  const std::vector<int64_t> at = position(q.shape(), q.element);
  const Tensor& weight = q.value(1);
  for (int64_t o = 0; o < weight.size(0); ++o) {
    visit_windows(q, at[2], at[3], [&](int64_t row, int64_t column, int64_t i, int64_t j) {
      sum.add(place_of(q.dy.shape(), at[0], o, row, column), weight.data()[place_of(weight.shape(), o, at[1], i, j)]);
    });
  }
}

// A weight meets every window's number at its own place in the window; those on the padding are 0.
void weight_of_conv2d(const Question& q, Sum& sum) {
  const std::vector<int64_t> at = position(q.shape(), q.element);  // o, c, i, j
  const Tensor& x = q.value(0);
  const auto [k, stride, padding] = q.node.window;
  const Shape& out = q.dy.shape();
  for (int64_t cell = 0; cell < out[0] * out[2] * out[3]; ++cell) {
    const int64_t n = cell / (out[2] * out[3]), row = cell / out[3] % out[2], column = cell % out[3];
    const int64_t y = row * stride - padding + at[2], left = column * stride - padding + at[3];
    if (y < 0 || left < 0 || y >= x.size(2) || left >= x.size(3)) continue;
    sum.add(place_of(out, n, at[0], row, column), x.data()[place_of(x.shape(), n, at[1], y, left)]);
  }
}

void bias_of(const Question& q, Sum& sum) {
  const int64_t channels = q.dy.size(1), each = q.dy.numel() / channels / q.dy.size(0);
  for (int64_t place = 0; place < q.dy.numel(); ++place)
    if (place / each % channels == q.element) sum.add(place, {});
}

void conv2d(const Question& q, Sum& sum) {
  if (q.input == 0) return input_of_conv2d(q, sum);
  if (q.input == 1) return weight_of_conv2d(q, sum);
  bias_of(q, sum);
}

void linear(const Question& q, Sum& sum) {
  if (q.input == 2) return bias_of(q, sum);
  const Tensor &x = q.value(0), &weight = q.value(1);
  const int64_t row = q.element / q.shape()[1], column = q.element % q.shape()[1], outputs = weight.size(0);
  if (q.input == 0) {
    for (int64_t o = 0; o < outputs; ++o) sum.add(row * outputs + o, weight.data()[o * weight.size(1) + column]);
  } else {
    for (int64_t n = 0; n < x.size(0); ++n) sum.add(n * outputs + row, x.data()[n * x.size(1) + column]);
  }
}

void avg_pool2d(const Question& q, Sum& sum) {
  const std::vector<int64_t> at = position(q.shape(), q.element);
  const auto cells = static_cast<float>(q.node.window.kernel * q.node.window.kernel);
  visit_windows(q, at[2], at[3], [&](int64_t row, int64_t column, int64_t, int64_t) {
    sum.add(place_of(q.dy.shape(), at[0], at[1], row, column), 1 / cells);
  });
}

// Whether a place of the input is the first of the largest in the window that begins at a place.
bool wins(const Question& q, const std::vector<int64_t>& at, int64_t top, int64_t left) {
  const Tensor& x = q.value(0);
  int64_t best = -1;
  for (int64_t y = std::max<int64_t>(top, 0); y < std::min(top + q.node.window.kernel, x.size(2)); ++y) {
    for (int64_t c = std::max<int64_t>(left, 0); c < std::min(left + q.node.window.kernel, x.size(3)); ++c) {
      const int64_t place = place_of(x.shape(), at[0], at[1], y, c);
      if (best < 0 || x.data()[place] > x.data()[best]) best = place;
    }
  }
  return best == q.element;
}

void max_pool2d(const Question& q, Sum& sum) {
  const std::vector<int64_t> at = position(q.shape(), q.element);
  visit_windows(q, at[2], at[3], [&](int64_t row, int64_t column, int64_t i, int64_t j) {
    sum.add(place_of(q.dy.shape(), at[0], at[1], row, column), wins(q, at, at[2] - i, at[3] - j) ? 1.0f : 0.0f);
  });
}

// Each probability p falls when any other score rises: dy_j meets (1 if it is the same class, else 0) − p.
void log_softmax(const Question& q, Sum& sum) {
  const int64_t classes = q.dy.size(1), row = q.element / classes;
  const Tensor& y = q.trace.records()[*q.trace.producer(q.node.inputs[0])].output.value();
  double most = -INFINITY, total = 0;
  for (int64_t j = 0; j < classes; ++j) most = std::max(most, static_cast<double>(y.data()[row * classes + j]));
  for (int64_t j = 0; j < classes; ++j) total += std::exp(static_cast<double>(y.data()[row * classes + j]) - most);
  const double p = std::exp(static_cast<double>(y.data()[q.element]) - most) / total;
  for (int64_t j = row * classes; j < (row + 1) * classes; ++j)
    sum.add(j, static_cast<float>((j == q.element ? 1 : 0) - p));
}

// The parts lie one after the other on an axis: the gradient is cut where they meet.
void cat(const Question& q, Sum& sum) {
  const Shape& whole = q.dy.shape();
  const int axis = joined_axis(whole, q.value(0).shape());
  std::vector<int64_t> at = position(q.shape(), q.element);
  for (size_t part = 0; part < q.input; ++part) at[static_cast<size_t>(axis)] += q.value(part).size(axis);
  int64_t place = 0;
  for (int i = 0; i < whole.rank(); ++i) place = place * whole[i] + at[static_cast<size_t>(i)];
  sum.add(place, {});
}

bool explain_op(const Question& q, Sum& sum) {
  const std::string_view op = q.node.op;
  if (op == "conv2d") {
    conv2d(q, sum);
  } else if (op == "linear") {
    linear(q, sum);
  } else if (op == "max_pool2d") {
    max_pool2d(q, sum);
  } else if (op == "avg_pool2d") {
    avg_pool2d(q, sum);
  } else if (op == "relu") {
    sum.add(q.element, q.value(0).data()[q.element] > 0 ? 1.0f : 0.0f);
  } else if (op == "cat") {
    cat(q, sum);
  } else if (op == "log_softmax") {
    log_softmax(q, sum);
  } else if (op == "flatten" || op == "view" || op == "add") {
    sum.add(q.element, {});
  } else if (op == "nll_loss" && q.shape()[0] == 1) {
    sum.add(0, q.element == q.trace.label() ? -1.0f : 0.0f);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Explanation> explain_gradient(const Trace& trace, const Trace::Pick& pick) {
  const Trace::Step& step = *trace.current();
  const Node<float>& node = trace.node(step);
  size_t input = 0;
  for (size_t shown = 0; input < node.inputs.size(); ++input)
    if (node.inputs[input].requires_grad() && shown++ == pick.tensor) break;
  const Question q{trace, node, step.in[0].tensor, input, pick.element};
  Sum sum(q, step.shown[pick.tensor].tensor.data()[pick.element]);
  return explain_op(q, sum) ? std::optional(sum.take()) : std::nullopt;
}

}  // namespace cnnlab
