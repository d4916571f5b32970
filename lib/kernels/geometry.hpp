#pragma once
#include <cstdint>
#include <span>

namespace cnnlab {

// Letters as everywhere in lib: N batch, C channels, H and W height and width, O output channels, K kernel size.

/// A 2-D convolution (cross-correlation, as in PyTorch) with a square kernel.
/// x (N, C, H, W), weight (O, C, K, K), bias (O) or empty, y (N, O, out_h, out_w).
struct Conv2dGeometry {
  int64_t n, c, h, w, o, k;
  int64_t stride = 1, padding = 0;

  int64_t out_h() const { return (h + 2 * padding - k) / stride + 1; }
  int64_t out_w() const { return (w + 2 * padding - k) / stride + 1; }
  /// Multiply-adds of the forward pass: every output sums C·K·K products (padding counted, as is customary).
  int64_t multiply_adds() const { return n * o * out_h() * out_w() * c * k * k; }
};

/// A 2-D pooling with a square window: x (N, C, H, W) → y (N, C, out_h, out_w). Windows start at multiples of the
/// stride and are counted as PyTorch's ceil_mode=False does.
struct Pool2dGeometry {
  int64_t n, c, h, w, k;
  int64_t stride, padding = 0;

  int64_t out_h() const { return (h + 2 * padding - k) / stride + 1; }
  int64_t out_w() const { return (w + 2 * padding - k) / stride + 1; }
};

/// Batch normalisation of x (N, C, H, W), where `pixels` is H·W.
struct BatchNorm2dGeometry {
  int64_t n, c, pixels;
  double eps = 1e-5;
  bool training = true;  ///< normalise by the batch's own mean and variance, not by given ones

  /// Numbers that one channel has.
  int64_t count() const { return n * pixels; }
};

/// One channel of x (N, C, H, W) where it lies, and what is done to each number as it is read:
/// (x − centre)·factor + shift.
template <class T>
struct Channel {
  const T* data;   ///< its plane in the first image
  int64_t stride;  ///< from image to image
  T centre = 0, factor = 1, shift = 0;
};

/// All channels of x. They may lie in different arrays (x is joined out of them), and need not be as they are meant.
template <class T>
struct Channels {
  std::span<const Channel<T>> each;
  bool normalised = false;  ///< centre, factor and shift are applied
  bool rectified = false;   ///< then max(…, 0)
};

/// Where the gradient of one channel goes.
template <class T>
struct GradientChannel {
  T* data;         ///< null where it is not wanted
  int64_t stride;  ///< from image to image
  bool add;        ///< to what stands there
};

/// A shortcut without weights: of x (N, C, H, W) every `stride`-th pixel, between channels of zeros → y (N, O, out_h,
/// out_w).
struct ShortcutGeometry {
  int64_t n, c, h, w, o;
  int64_t stride = 1;

  int64_t out_h() const { return (h - 1) / stride + 1; }
  int64_t out_w() const { return (w - 1) / stride + 1; }
  /// Channels of zeros in front of x's; behind them are as many, or one more.
  int64_t zeros_before() const { return (o - c) / 2; }
};

/// A matrix product y = x·weightᵀ + bias: x (N, I), weight (O, I), bias (O) or empty, y (N, O).
struct LinearGeometry {
  int64_t n, i, o;

  int64_t multiply_adds() const { return n * i * o; }
};

/// SGD's settings, in PyTorch's meaning (torch.optim.SGD).
struct SgdSettings {
  double lr = 0.01, momentum = 0, dampening = 0, weight_decay = 0;
  bool nesterov = false;
};

/// What SGD needs to correct one parameter. `velocity` (the momentum buffer) is empty without momentum; on the `first`
/// step it is set to the gradient, as PyTorch does.
template <class T>
struct SgdParameter {
  bool first;
  std::span<const T> gradient;
  std::span<T> velocity, parameter;
};

}  // namespace cnnlab
