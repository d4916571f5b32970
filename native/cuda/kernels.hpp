#pragma once
#include <cmath>
#include <cstdint>

#include "lib/kernels/geometry.hpp"
#include "lib/tensor/device_code.hpp"
#include "native/cuda/arrays.hpp"

// The kernels that CUDA's libraries have not, or not with PyTorch's meaning. nvcc compiles them for the device, and a
// C++ compiler for the tests, which compare them with lib/kernels on the CPU. All are written to be deterministic:
// every number of a result is computed by one thread, or one block, in a fixed order; nothing is added up by atomics.

// N batch, C channels, H and W height and width, O output channels, K window; (i, j) is a pixel of the output.
namespace cnnlab::cuda {

// A grid kernel computes number `at` of a result. `each_array` shows what it reads (const) and writes; null for
// nothing.

struct Fill {
  float* y;
  float value;
  void each_array(const auto& see) const { see(y); }
  CNNLAB_KERNEL void operator()(int64_t at) const { y[at] = value; }
};

struct Relu {
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const { y[at] = x[at] < 0 ? 0 : x[at]; }  // NaN stays NaN
};

struct ReluBackward {
  const float *x, *dy;
  float* dx;
  void each_array(const auto& see) const { see(x, dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const { dx[at] = x[at] <= 0 ? 0 : dy[at]; }
};

struct Add {
  const float *a, *b;
  float* y;
  void each_array(const auto& see) const { see(a, b, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const { y[at] = a[at] + b[at]; }
};

/// y (N, O, pixels) += bias (O); from image to image of y are `stride` numbers.
struct AddBias {
  const float* bias;
  float* y;
  int64_t channels, pixels, stride;
  void each_array(const auto& see) const { see(bias, Runs<float>{y, channels * pixels, stride}); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t image = at / (channels * pixels), place = at % (channels * pixels);
    y[image * stride + place] += bias[place / pixels];
  }
};

/// As reference::dropout: the same draws, so the same mask; or its part from number `first` on.
struct Dropout {
  uint64_t key;
  const uint64_t* key_there;  ///< of a recorded step: where its repetitions find theirs; else null
  double p;
  int64_t first;
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(key_there, x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    uint64_t z = (key_there ? *key_there : key) + (static_cast<uint64_t>(first + at) + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    const double drawn = static_cast<double>((z ^ (z >> 31)) >> 11) * (1.0 / 9007199254740992.0);  // 2^-53
    y[at] = drawn < p ? 0 : x[at] * static_cast<float>(1 / (1 - p));
  }
};

struct CopyRuns {
  int64_t run;
  const float* from;
  int64_t from_stride;
  float* to;
  int64_t to_stride;
  void each_array(const auto& see) const {
    see(Runs<const float>{from, run, from_stride}, Runs<float>{to, run, to_stride});
  }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t row = at / run, place = at % run;
    to[row * to_stride + place] = from[row * from_stride + place];
  }
};

/// The rows (or columns) of a pooling window at output position `at`, without those in the padding; and, for a
/// gradient, the windows that cover row (or column) `at` of the input.
struct Span {
  int64_t begin, end;
  CNNLAB_KERNEL static Span window(const Pool2dGeometry& g, int64_t at, int64_t size) {
    const int64_t first = at * g.stride - g.padding, last = first + g.k;
    return {first < 0 ? 0 : first, last < size ? last : size};
  }
  CNNLAB_KERNEL static Span windows_over(const Pool2dGeometry& g, int64_t at, int64_t out_size) {
    const int64_t reach = at + g.padding - g.k + g.stride, last = (at + g.padding) / g.stride + 1;
    return {reach < 0 ? 0 : reach / g.stride, last < out_size ? last : out_size};
  }
};

/// The first of equals, NaN above all, padding below all, as the reference.
struct MaxPool2d {
  Pool2dGeometry g;
  int64_t out_h, out_w;
  const float* x;
  float* y;
  int32_t* argmax;
  void each_array(const auto& see) const { see(x, y, argmax); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t j = at % out_w, i = at / out_w % out_h;
    const float* plane = x + at / (out_w * out_h) * g.h * g.w;
    const Span rows = Span::window(g, i, g.h), columns = Span::window(g, j, g.w);
    float best = -INFINITY;
    int64_t place = rows.begin * g.w + columns.begin;
    for (int64_t h = rows.begin; h < rows.end; ++h) {
      for (int64_t w = columns.begin; w < columns.end; ++w) {
        const float value = plane[h * g.w + w];
        if (value > best || value != value) {
          best = value;
          place = h * g.w + w;
        }
      }
    }
    y[at] = best;
    argmax[at] = static_cast<int32_t>(place);
  }
};

/// Each input looks which windows it won, where the reference lets each window give to its winner: so no two threads
/// write to one number.
struct MaxPool2dBackward {
  Pool2dGeometry g;
  int64_t out_h, out_w;
  const int32_t* argmax;
  const float* dy;
  float* dx;
  void each_array(const auto& see) const { see(argmax, dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t place = at % (g.h * g.w), base = at / (g.h * g.w) * out_h * out_w;
    const Span rows = Span::windows_over(g, place / g.w, out_h), columns = Span::windows_over(g, place % g.w, out_w);
    float sum = 0;
    for (int64_t i = rows.begin; i < rows.end; ++i) {
      for (int64_t j = columns.begin; j < columns.end; ++j)
        if (argmax[base + i * out_w + j] == place) sum += dy[base + i * out_w + j];
    }
    dx[at] = sum;
  }
};

struct AvgPool2d {
  Pool2dGeometry g;
  int64_t out_h, out_w;
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const float* plane = x + at / (out_w * out_h) * g.h * g.w;
    const Span rows = Span::window(g, at / out_w % out_h, g.h), columns = Span::window(g, at % out_w, g.w);
    float sum = 0;
    for (int64_t h = rows.begin; h < rows.end; ++h)
      for (int64_t w = columns.begin; w < columns.end; ++w) sum += plane[h * g.w + w];
    y[at] = sum / static_cast<float>(g.k * g.k);
  }
};

struct AvgPool2dBackward {
  Pool2dGeometry g;
  int64_t out_h, out_w;
  const float* dy;
  float* dx;
  void each_array(const auto& see) const { see(dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t place = at % (g.h * g.w), base = at / (g.h * g.w) * out_h * out_w;
    const Span rows = Span::windows_over(g, place / g.w, out_h), columns = Span::windows_over(g, place % g.w, out_w);
    float sum = 0;
    for (int64_t i = rows.begin; i < rows.end; ++i)
      for (int64_t j = columns.begin; j < columns.end; ++j) sum += dy[base + i * out_w + j];
    dx[at] = sum / static_cast<float>(g.k * g.k);
  }
};

/// y = the mean of plane `at`
struct GlobalAvgPool2d {
  int64_t pixels;
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    float sum = 0;
    for (int64_t p = at * pixels; p < (at + 1) * pixels; ++p) sum += x[p];
    y[at] = sum / static_cast<float>(pixels);
  }
};

struct GlobalAvgPool2dBackward {
  int64_t pixels;
  const float* dy;
  float* dx;
  void each_array(const auto& see) const { see(dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const { dx[at] = dy[at / pixels] / static_cast<float>(pixels); }
};

struct ZeroPadShortcut {
  ShortcutGeometry g;
  int64_t out_h, out_w, zeros_before;
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t j = at % out_w, i = at / out_w % out_h, n = at / (out_w * out_h * g.o);
    const int64_t c = at / (out_w * out_h) % g.o - zeros_before;
    y[at] = c < 0 || c >= g.c ? 0 : x[((n * g.c + c) * g.h + i * g.stride) * g.w + j * g.stride];
  }
};

struct ZeroPadShortcutBackward {
  ShortcutGeometry g;
  int64_t out_h, out_w, zeros_before;
  const float* dy;
  float* dx;
  void each_array(const auto& see) const { see(dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t w = at % g.w, h = at / g.w % g.h, c = at / (g.w * g.h) % g.c, n = at / (g.w * g.h * g.c);
    const bool passed = w % g.stride == 0 && h % g.stride == 0;
    dx[at] = passed ? dy[((n * g.o + zeros_before + c) * out_h + h / g.stride) * out_w + w / g.stride] : 0;
  }
};

/// Row `at` of x (rows, classes); the classes are few.
struct LogSoftmax {
  int64_t classes;
  const float* x;
  float* y;
  void each_array(const auto& see) const { see(x, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const float* in = x + at * classes;
    float max = in[0], sum = 0;
    for (int64_t c = 1; c < classes; ++c) max = in[c] > max ? in[c] : max;
    for (int64_t c = 0; c < classes; ++c) sum += expf(in[c] - max);
    const float log_sum = logf(sum);
    for (int64_t c = 0; c < classes; ++c) y[at * classes + c] = in[c] - max - log_sum;
  }
};

struct LogSoftmaxBackward {
  int64_t classes;
  const float *y, *dy;
  float* dx;
  void each_array(const auto& see) const { see(y, dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    float sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += dy[at * classes + c];
    for (int64_t c = at * classes; c < (at + 1) * classes; ++c) dx[c] = dy[c] - expf(y[c]) * sum;
  }
};

struct NllLossBackward {
  int64_t rows, classes;
  const int32_t* labels;
  const float* dy;
  float* dx;
  void each_array(const auto& see) const { see(labels, dy, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    dx[at] = labels[at / classes] == at % classes ? -dy[0] / static_cast<float>(rows) : 0;
  }
};

struct MoveTowards {
  float keep, take;
  const float* batch;
  float* running;
  void each_array(const auto& see) const { see(batch, running); }
  CNNLAB_KERNEL void operator()(int64_t at) const { running[at] = keep * running[at] + take * batch[at]; }
};

struct Count {
  float* counter;
  void each_array(const auto& see) const { see(counter); }
  CNNLAB_KERNEL void operator()(int64_t at) const { counter[at] += 1; }
};

/// All parameters of a network in one launch: number `at` belongs to the first whose `end` lies behind it.
struct Sgd {
  static constexpr int capacity = 256;  // 10 kB of arguments, of the 32 kB that CUDA passes
  struct Parameter {
    const float* gradient;
    float *velocity, *parameter;  ///< no velocity without momentum
    int64_t end;
    bool first;
  };
  struct Rates {
    float lr, momentum, decay, share;
    bool operator==(const Rates&) const = default;
  };
  Rates rates;
  const Rates* rates_there;  ///< of a recorded step: where its repetitions find theirs; else null
  bool nesterov;
  int count;
  Parameter parameters[capacity];
  void each_array(const auto& see) const {
    see(rates_there);
    for (const Parameter* p = parameters; p < parameters + count; ++p) see(p->gradient, p->velocity, p->parameter);
  }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    int low = 0, high = count - 1;
    while (low < high) {
      const int middle = (low + high) / 2;
      if (at < parameters[middle].end) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    const Parameter& p = parameters[low];
    const auto [lr, momentum, decay, share] = rates_there ? *rates_there : rates;
    const int64_t i = low == 0 ? at : at - parameters[low - 1].end;
    float d = p.gradient[i] + decay * p.parameter[i];
    if (p.velocity) {
      p.velocity[i] = p.first ? d : momentum * p.velocity[i] + share * d;
      d = nesterov ? d + momentum * p.velocity[i] : p.velocity[i];
    }
    p.parameter[i] -= lr * d;
  }
};

/// From a mean square distance to one centre to that to another: Σ(x − b)²/m = Σ(x − a)²/m + (a − b)² for a the mean.
struct MoveCentre {
  const float *from, *to;
  float* variance;
  void each_array(const auto& see) const { see(from, to, variance); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const float way = from[at] - to[at];
    variance[at] += way * way;
  }
};

struct BatchNorm2d {
  BatchNorm2dGeometry g;
  const float *x, *weight, *bias, *mean, *variance;
  float* y;
  void each_array(const auto& see) const { see(x, weight, bias, mean, variance, y); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t c = at / g.pixels % g.c;
    y[at] = (x[at] - mean[c]) * (weight[c] / sqrtf(variance[c] + static_cast<float>(g.eps))) + bias[c];
  }
};

/// dw and db are those that BatchNorm2dSums made, wanted or not.
struct BatchNorm2dBackward {
  BatchNorm2dGeometry g;
  const float *x, *weight, *mean, *variance, *dy, *dw, *db;
  float* dx;
  void each_array(const auto& see) const { see(x, weight, mean, variance, dy, dw, db, dx); }
  CNNLAB_KERNEL void operator()(int64_t at) const {
    const int64_t c = at / g.pixels % g.c;
    const float inverse = 1 / sqrtf(variance[c] + static_cast<float>(g.eps)), normalised = (x[at] - mean[c]) * inverse;
    const float common = g.training ? (db[c] + normalised * dw[c]) / static_cast<float>(g.n * g.pixels) : 0;
    dx[at] = weight[c] * inverse * (dy[at] - common);
  }
};

}  // namespace cnnlab::cuda
