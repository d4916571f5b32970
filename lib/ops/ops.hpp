#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "lib/autograd/variable.hpp"
#include "lib/tensor/labels.hpp"

/// The differentiable ops, with PyTorch's meaning and names. Each works in float and double, checks its shapes, and
/// throws Error naming the rule and the shapes. The last argument is filled in by the compiler: the line that called.
namespace cnnlab {

struct Conv2dOptions {
  int64_t stride = 1, padding = 0;
};

/// Cross-correlation: x (N, C, H, W), weight (O, C, K, K), bias (O) or undefined → (N, O, H', W')
/// with H' = ⌊(H + 2·padding − K) / stride⌋ + 1.
template <class T>
BasicVariable<T> conv2d(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                        Conv2dOptions options = {}, CallSite site = CallSite::here());

/// `momentum` is the new batch's share in the running statistics, as in PyTorch.
struct BatchNorm2dOptions {
  double momentum = 0.1, eps = 1e-5;
  bool training = true;
};

/// Gives each channel mean 0 and variance 1, then a scale and a shift that are learned: x (N, C, H, W), all others (C).
/// In training mean and (biased) variance are the batch's own, and the running statistics, which hold the unbiased
/// variance, move towards them in place; else the running ones are used. (Ioffe and Szegedy, ICML 2015.)
template <class T>
BasicVariable<T> batch_norm2d(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                              BasicTensor<T> running_mean, BasicTensor<T> running_var, BatchNorm2dOptions options = {},
                              CallSite site = CallSite::here());

/// y = x·weightᵀ + bias: x (N, I), weight (O, I), bias (O) or undefined → (N, O).
template <class T>
BasicVariable<T> linear(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                        CallSite site = CallSite::here());

/// `stride` 0 stands for the kernel's size, as in PyTorch.
struct Pool2dOptions {
  int64_t kernel = 2, stride = 0, padding = 0;
};

/// The largest of each window: x (N, C, H, W) → (N, C, H', W'). The padding never wins.
template <class T>
BasicVariable<T> max_pool2d(const BasicVariable<T>& x, Pool2dOptions options, CallSite site = CallSite::here());

/// The mean of each window, zeros of the padding counted (count_include_pad=True): x (N, C, H, W) → (N, C, H', W').
template <class T>
BasicVariable<T> avg_pool2d(const BasicVariable<T>& x, Pool2dOptions options, CallSite site = CallSite::here());

/// The mean of each whole plane: x (N, C, H, W) → (N, C, 1, 1) (torch.nn.AdaptiveAvgPool2d(1)).
template <class T>
BasicVariable<T> global_avg_pool2d(const BasicVariable<T>& x, CallSite site = CallSite::here());

struct ShortcutOptions {
  int64_t channels;  ///< of the result
  int64_t stride = 1;
};

/// He et al.'s option A: every `stride`-th pixel of x, between channels of zeros, half of them in front (rounded down):
/// x (N, C, H, W) → (N, channels, ⌈H/stride⌉, ⌈W/stride⌉). It has no weights.
template <class T>
BasicVariable<T> zero_pad_shortcut(const BasicVariable<T>& x, ShortcutOptions options,
                                   CallSite site = CallSite::here());

/// max(x, 0), of any shape.
template <class T>
BasicVariable<T> relu(const BasicVariable<T>& x, CallSite site = CallSite::here());

struct DropoutOptions {
  double p = 0.5;
  bool training = true;
};

/// In training, drops numbers with probability p and scales the rest by 1/(1 − p); else x itself. Which ones are
/// dropped follows from `default_random`, of which it draws one number.
template <class T>
BasicVariable<T> dropout(const BasicVariable<T>& x, DropoutOptions options, CallSite site = CallSite::here());

/// a + b, of equal shapes.
template <class T>
BasicVariable<T> add(const BasicVariable<T>& a, const BasicVariable<T>& b, CallSite site = CallSite::here());

/// Joins values along `axis` (may be negative); all other sizes must agree.
template <class T>
BasicVariable<T> cat(const std::vector<BasicVariable<T>>& parts, int axis, CallSite site = CallSite::here());

/// The same numbers under another shape; one size may be −1.
template <class T>
BasicVariable<T> view(const BasicVariable<T>& x, std::initializer_list<int64_t> sizes,
                      CallSite site = CallSite::here());

/// (N, …) → (N, all the rest).
template <class T>
BasicVariable<T> flatten(const BasicVariable<T>& x, CallSite site = CallSite::here());

/// log(exp(x) / Σ exp(x)) over the last axis: x (N, classes), computed without overflow.
template <class T>
BasicVariable<T> log_softmax(const BasicVariable<T>& x, CallSite site = CallSite::here());

/// The mean over the batch of −log_probabilities[n][labels[n]]: (N, classes) and N labels → ().
template <class T>
BasicVariable<T> nll_loss(const BasicVariable<T>& log_probabilities, const Labels& labels,
                          CallSite site = CallSite::here());

// Lessons write cat({a, b}, 1): a braced list needs a function that is not a template.
inline Variable cat(std::initializer_list<Variable> parts, int axis, CallSite site = CallSite::here()) {
  return cat<float>(std::vector<Variable>(parts), axis, site);
}

}  // namespace cnnlab
