#include "lib/backend.hpp"

#include <type_traits>

#include "lib/kernels/batch_norm2d.hpp"
#include "lib/kernels/channels.hpp"
#include "lib/kernels/conv2d.hpp"
#include "lib/kernels/elementwise.hpp"
#include "lib/kernels/linear.hpp"
#include "lib/kernels/pool2d.hpp"
#include "lib/kernels/sgd.hpp"
#include "lib/kernels/shortcut.hpp"
#include "lib/kernels/softmax.hpp"

namespace cnnlab {

template <class T>
const Backend<T>& reference_backend() {
  static constexpr Backend<T> table{
      .name = "reference",
      .conv2d = reference::conv2d<T>,
      .conv2d_backward = reference::conv2d_backward<T>,
      .batch_norm2d = reference::batch_norm2d<T>,
      .batch_norm2d_backward = reference::batch_norm2d_backward<T>,
      .write_channels = reference::write_channels<T>,
      .channel_moments = reference::channel_moments<T>,
      .conv2d_channels = reference::conv2d_channels<T>,
      .conv2d_channels_backward = reference::conv2d_channels_backward<T>,
      .norm_channels_backward = reference::norm_channels_backward<T>,
      .linear = reference::linear<T>,
      .linear_backward = reference::linear_backward<T>,
      .max_pool2d = reference::max_pool2d<T>,
      .max_pool2d_backward = reference::max_pool2d_backward<T>,
      .avg_pool2d = reference::avg_pool2d<T>,
      .avg_pool2d_backward = reference::avg_pool2d_backward<T>,
      .global_avg_pool2d = reference::global_avg_pool2d<T>,
      .global_avg_pool2d_backward = reference::global_avg_pool2d_backward<T>,
      .zero_pad_shortcut = reference::zero_pad_shortcut<T>,
      .zero_pad_shortcut_backward = reference::zero_pad_shortcut_backward<T>,
      .relu = reference::relu<T>,
      .relu_backward = reference::relu_backward<T>,
      .add = reference::add<T>,
      .dropout = reference::dropout<T>,
      .copy_runs = reference::copy_runs<T>,
      .log_softmax = reference::log_softmax<T>,
      .log_softmax_backward = reference::log_softmax_backward<T>,
      .nll_loss = reference::nll_loss<T>,
      .nll_loss_backward = reference::nll_loss_backward<T>,
      .move_towards = reference::move_towards<T>,
      .count = reference::count<T>,
      .sgd_step = reference::sgd_step<T>,
  };
  return table;
}
template const Backend<float>& reference_backend<float>();
template const Backend<double>& reference_backend<double>();

namespace {
const Backend<float>* chosen = nullptr;
}

template <>
const Backend<double>& backend<double>() {
  return reference_backend<double>();
}
template <>
const Backend<float>& backend<float>() {
  return chosen ? *chosen : simd_backend();
}

void use_backend(const Backend<float>& backend) { chosen = &backend; }

}  // namespace cnnlab
