#pragma once
#include "lib/backend.hpp"
#include "lib/kernels/batch_norm2d.simd.hpp"
#include "lib/kernels/channels.simd.hpp"
#include "lib/kernels/conv2d.simd.hpp"
#include "lib/kernels/conv2d_backward.simd.hpp"
#include "lib/kernels/elementwise.simd.hpp"
#include "lib/kernels/linear.simd.hpp"
#include "lib/kernels/pool2d.simd.hpp"

namespace cnnlab::simd {

/// The kernels for one instruction set; each is defined in a file of its own, compiled with that set's flags.
template <class Arch>
const Backend<float>& table();

/// The vectorised kernels of the table; the others, which are tiny, stay the plain loops.
template <class Arch>
Backend<float> make_table(const char* name) {
  Backend<float> table = reference_backend<float>();
  table.name = name;
  table.conv2d = conv2d<Arch>;
  table.conv2d_backward = conv2d_backward<Arch>;
  table.batch_norm2d = batch_norm2d<Arch>;
  table.batch_norm2d_backward = batch_norm2d_backward<Arch>;
  table.write_channels = write_channels<Arch>;
  table.channel_moments = channel_moments<Arch>;
  table.conv2d_channels = conv2d_channels<Arch>;
  table.conv2d_channels_backward = conv2d_channels_backward<Arch>;
  table.norm_channels_backward = norm_channels_backward<Arch>;
  table.linear = linear<Arch>;
  table.linear_backward = linear_backward<Arch>;
  table.max_pool2d = max_pool2d<Arch>;
  table.max_pool2d_backward = max_pool2d_backward<Arch>;
  table.avg_pool2d = avg_pool2d<Arch>;
  table.avg_pool2d_backward = avg_pool2d_backward<Arch>;
  table.global_avg_pool2d = global_avg_pool2d<Arch>;
  table.global_avg_pool2d_backward = global_avg_pool2d_backward<Arch>;
  table.relu = relu<Arch>;
  table.relu_backward = relu_backward<Arch>;
  table.add = add<Arch>;
  table.copy_runs = copy_runs<Arch>;
  return table;
}

}  // namespace cnnlab::simd
