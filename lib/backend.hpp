#pragma once
#include <cstdint>
#include <span>
#include <type_traits>

#include "lib/kernels/geometry.hpp"
#include "lib/tensor/device.hpp"

namespace cnnlab {

/// The kernels that the ops call, as a table that a device fills: plain loops (`reference_backend`), SIMD on the CPU
/// (`simd_backend`), CUDA. Kernels are pure functions on row-major arrays; sizes were checked by the op. An empty span
/// stands for "no bias" or "this gradient is not wanted".
///
/// Outputs are overwritten. Every kernel gives the same bits for any number of threads.
template <class T>
struct Backend {
  template <class U>
  using In = std::span<const U>;
  template <class U>
  using Out = std::span<U>;

  const char* name;  ///< "reference", "sse4.2", "avx2+fma", "avx512", "neon", "wasm simd", "cuda"

  void (*conv2d)(const Conv2dGeometry&, In<T> x, In<T> weight, In<T> bias, Out<T> y);
  void (*conv2d_backward)(const Conv2dGeometry&, In<T> x, In<T> weight, In<T> dy, Out<T> dx, Out<T> dw, Out<T> db);

  /// `mean` and `variance` (C): in training they are set to those of the batch, else they are read. The gradient takes
  /// what was used. The variance is the biased one.
  void (*batch_norm2d)(const BatchNorm2dGeometry&, In<T> x, In<T> weight, In<T> bias, Out<T> mean, Out<T> variance,
                       Out<T> y);
  void (*batch_norm2d_backward)(const BatchNorm2dGeometry&, In<T> x, In<T> weight, In<T> mean, In<T> variance, In<T> dy,
                                Out<T> dx, Out<T> dw, Out<T> db);

  /// Kernels for values that are not written out (lib/ops/pending.hpp); null where a device has none. First the values
  /// themselves; then the mean and the biased variance of each channel.
  void (*write_channels)(int64_t n, int64_t pixels, Channels<T> x, Out<T> y) = nullptr;
  void (*channel_moments)(const BatchNorm2dGeometry&, In<T> x, Out<T> mean, Out<T> variance) = nullptr;
  void (*conv2d_channels)(const Conv2dGeometry&, Channels<T> x, In<T> weight, In<T> bias, Out<T> y) = nullptr;
  void (*conv2d_channels_backward)(const Conv2dGeometry&, Channels<T> x, In<T> weight, In<T> dy, Out<T> dx, Out<T> dw,
                                   Out<T> db) = nullptr;
  /// The gradient of batch_norm2d and, if x is rectified, of the ReLU after it: `dx` has one for each channel.
  void (*norm_channels_backward)(const BatchNorm2dGeometry&, Channels<T> x, In<T> variance, In<T> dy,
                                 std::span<const GradientChannel<T>> dx, Out<T> dw, Out<T> db) = nullptr;

  void (*linear)(const LinearGeometry&, In<T> x, In<T> weight, In<T> bias, Out<T> y);
  void (*linear_backward)(const LinearGeometry&, In<T> x, In<T> weight, In<T> dy, Out<T> dx, Out<T> dw, Out<T> db);

  /// `argmax` (same shape as y): where in its H·W plane of x each maximum stands; the first of equals, NaN wins.
  void (*max_pool2d)(const Pool2dGeometry&, In<T> x, Out<T> y, Out<int32_t> argmax);
  void (*max_pool2d_backward)(const Pool2dGeometry&, In<int32_t> argmax, In<T> dy, Out<T> dx);

  /// Divides by K·K, padding included (PyTorch's count_include_pad=True).
  void (*avg_pool2d)(const Pool2dGeometry&, In<T> x, Out<T> y);
  void (*avg_pool2d_backward)(const Pool2dGeometry&, In<T> dy, Out<T> dx);

  /// The mean of each of `planes` planes of `pixels` numbers.
  void (*global_avg_pool2d)(int64_t planes, int64_t pixels, In<T> x, Out<T> y);
  void (*global_avg_pool2d_backward)(int64_t planes, int64_t pixels, In<T> dy, Out<T> dx);

  void (*zero_pad_shortcut)(const ShortcutGeometry&, In<T> x, Out<T> y);
  void (*zero_pad_shortcut_backward)(const ShortcutGeometry&, In<T> dy, Out<T> dx);

  void (*relu)(In<T> x, Out<T> y);
  void (*relu_backward)(In<T> x, In<T> dy, Out<T> dx);

  void (*add)(In<T> a, In<T> b, Out<T> y);

  /// Drops numbers with probability `p`, chosen by `key`, and scales the rest by 1/(1 − p): also its own gradient.
  void (*dropout)(uint64_t key, double p, In<T> x, Out<T> y);

  /// Copies `rows` runs of `run` numbers, from every `from_stride`-th number of `from` to every `to_stride`-th of `to`:
  /// what concatenation along an axis and its gradient consist of.
  void (*copy_runs)(int64_t rows, int64_t run, In<T> from, int64_t from_stride, Out<T> to, int64_t to_stride);

  /// Over the last axis: x, y (rows, classes).
  void (*log_softmax)(int64_t rows, int64_t classes, In<T> x, Out<T> y);
  /// Takes the output y, of which the gradient is a simple function: dx = dy − exp(y)·Σdy.
  void (*log_softmax_backward)(int64_t rows, int64_t classes, In<T> y, In<T> dy, Out<T> dx);

  /// Mean over rows of −x[row][label]; the labels were checked to be classes. `loss` and `dy` are one number.
  void (*nll_loss)(int64_t rows, int64_t classes, In<T> x, In<int32_t> labels, Out<T> loss);
  void (*nll_loss_backward)(int64_t rows, int64_t classes, In<int32_t> labels, In<T> dy, Out<T> dx);

  /// running ← (1 − momentum)·running + momentum·factor·batch: how statistics follow the batches.
  void (*move_towards)(double momentum, double factor, In<T> batch, Out<T> running);
  /// Adds one to each number.
  void (*count)(Out<T> counter);

  /// One step of torch.optim.SGD on all parameters.
  void (*sgd_step)(const SgdSettings&, std::span<const SgdParameter<T>>);
};

/// Plain loops: what a lesson shows, the oracle of the tests, and double precision for gradient checks.
template <class T>
const Backend<T>& reference_backend();

/// The fastest table that this CPU can run, chosen once, at the first call.
const Backend<float>& simd_backend();

/// All SIMD tables of this binary that this CPU can run, the best first: for tests and `bench`.
std::span<const Backend<float>* const> simd_backends();

/// The table that the ops use on the CPU: for float `simd_backend()` unless `use_backend` chose another; for double the
/// reference.
template <class T>
const Backend<T>& backend();
/// The table that computes where `device` is; null is the CPU. Doubles live there alone.
template <class T>
const Backend<T>& backend(const Device* device) {
  if constexpr (std::is_same_v<T, float>) {
    if (device) return device->backend();
  }
  return backend<T>();
}
void use_backend(const Backend<float>& backend);

}  // namespace cnnlab
