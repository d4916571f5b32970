#include "lib/ops/pending.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "lib/autograd/tape.hpp"
#include "lib/backend.hpp"

namespace cnnlab {
namespace {

// Where the gradients of the parts go: into new tensors `d`, or added to a gradient that a part has already.
template <class T>
std::vector<GradientChannel<T>> gradient_channels(const Pending<T>& x, const Needs& needs,
                                                  std::vector<BasicTensor<T>>& d) {
  const int64_t pixels = x.norm->geometry.pixels;
  std::vector<GradientChannel<T>> channels;
  channels.reserve(x.each.size());
  for (size_t i = 0; i < x.parts.size(); ++i) {
    BasicVariable<T> part = x.parts[i].x;
    const int64_t count = part.size(1), stride = count * pixels;
    // Channels are worked on at the same time, so of one that stands here twice, the second gets a tensor of its own.
    const auto before = x.parts.begin() + static_cast<std::ptrdiff_t>(i);
    const bool again = std::any_of(x.parts.begin(), before, [&](const auto& earlier) { return earlier.x == part; });
    BasicTensor<T>* const sum = needs[i] && !again ? part.own_grad() : nullptr;
    if (needs[i] && !sum) d[i] = BasicTensor<T>(part.shape());
    T* const data = sum ? sum->raw().data() : needs[i] ? d[i].raw().data() : nullptr;
    for (int64_t c = 0; c < count; ++c)
      channels.push_back({.data = data ? data + c * pixels : nullptr, .stride = stride, .add = sum != nullptr});
  }
  return channels;
}

template <class T>
void find_moments(const typename Pending<T>::Part& part, BatchNorm2dGeometry g) {
  if (part.moments->mean.numel() > 0) return;
  g.c = part.x.size(1);
  part.moments->mean = BasicTensor<T>({g.c});
  part.moments->variance = BasicTensor<T>({g.c});
  backend<T>().channel_moments(g, part.x.value().raw(), part.moments->mean.raw(), part.moments->variance.raw());
}

// Of channels (or nothing) those of a chunk.
template <class T>
std::span<T> some(std::span<T> all, int64_t first, int64_t count) {
  return all.empty() ? all : all.subspan(static_cast<size_t>(first), static_cast<size_t>(count));
}

// Channels whose gradients are made at once: as many as stay in the cache, but not so few that the other side of the
// convolution, which is read for every chunk, would cost more.
int64_t channels_at_once(const Conv2dGeometry& g) {
  constexpr int64_t cached = int64_t{2} << 20;  // numbers
  return std::clamp<int64_t>(cached / (g.n * g.h * g.w), std::min(4 * g.o, g.c), g.c);
}

}  // namespace

template <class T>
bool may_wait(const Device* device) {
  return !device && !BasicTape<T>::active() && backend<T>().write_channels;
}

template <class T>
std::vector<typename Pending<T>::Part> parts_of(const BasicVariable<T>& x) {
  if (const auto channels = waiting_channels(x); channels && !channels->norm) return channels->parts;
  x.value();  // now it is written
  return {{.x = x, .moments = std::make_shared<typename Pending<T>::Moments>()}};
}

template <class T>
Pending<T> joined(std::vector<typename Pending<T>::Part> parts) {
  const Shape& first = parts[0].x.shape();
  const int64_t pixels = first[2] * first[3];
  Pending<T> all{.shape = first, .parts = std::move(parts)};
  for (const auto& part : all.parts) {
    for (int64_t c = 0; c < part.x.size(1); ++c)
      all.each.push_back({.data = part.x.value().raw().data() + c * pixels, .stride = part.x.size(1) * pixels});
  }
  all.shape = first.with(1, static_cast<int64_t>(all.each.size()));
  return all;
}

template <class T>
Pending<T> normalised(Pending<T> x, const BatchNorm2dGeometry& g, const BasicVariable<T>& weight,
                      const BasicVariable<T>& bias, BasicTensor<T> mean, BasicTensor<T> variance) {
  int64_t first = 0;
  for (const auto& part : x.parts) {
    if (!g.training) break;
    find_moments<T>(part, g);
    std::ranges::copy(part.moments->mean.data(), mean.data().subspan(first).begin());
    std::ranges::copy(part.moments->variance.data(), variance.data().subspan(first).begin());
    first += part.x.size(1);
  }
  for (int64_t c = 0; c < g.c; ++c) {
    Channel<T>& channel = x.each[c];
    channel.centre = mean.data()[c];
    channel.factor =
        weight.value().data()[c] * static_cast<T>(1 / std::sqrt(static_cast<double>(variance.data()[c]) + g.eps));
    channel.shift = bias.value().data()[c];
  }
  x.norm = {.weight = weight, .bias = bias, .mean = mean, .variance = variance, .geometry = g};
  return x;
}

template <class T>
Gradient<T> gradient_of_norm(std::shared_ptr<const Pending<T>> x) {
  return [x = std::move(x)](const BasicTensor<T>& dy, const Needs& needs) {
    const size_t parts = x->parts.size();
    const BatchNorm2dGeometry& g = x->norm->geometry;
    std::vector<BasicTensor<T>> d(parts + 2);  // of the parts, dw, db
    const auto channels = gradient_channels(*x, needs, d);
    for (const size_t i : {parts, parts + 1})
      if (needs[i]) d[i] = BasicTensor<T>({g.c});
    backend<T>().norm_channels_backward(g, x->channels(), x->norm->variance.raw(), dy.raw(), channels, d[parts].raw(),
                                        d[parts + 1].raw());
    return d;
  };
}

template <class T>
Gradient<T> gradient_of_conv2d_and_norm(const Conv2dGeometry& g, std::shared_ptr<const Pending<T>> x,
                                        BasicTensor<T> weight) {
  const int64_t at_once = channels_at_once(g), chunks = (g.c + at_once - 1) / at_once;
  if (chunks == 1) return {};
  return [=](const BasicTensor<T>& dy, const Needs& needs) {
    const size_t norm = x->parts.size(), kernel = norm + 2;
    std::vector<BasicTensor<T>> d(needs.size());  // of x's inputs, dw and, with a bias, db
    const auto dx = gradient_channels(*x, needs, d);
    for (const size_t i : {norm, norm + 1})
      if (needs[i]) d[i] = BasicTensor<T>({g.c});
    if (needs[kernel]) d[kernel] = BasicTensor<T>(weight.shape());
    if (needs.size() > kernel + 1 && needs[kernel + 1]) d[kernel + 1] = BasicTensor<T>({g.o});
    const auto behind_x = needs.begin() + static_cast<std::ptrdiff_t>(kernel);
    const bool wants_x = std::find(needs.begin(), behind_x, true) != behind_x;

    const Backend<T>& kernels = backend<T>();
    BasicTensor<T> some_weight({g.o, at_once, g.k, g.k}), some_dw, between;
    if (needs[kernel]) some_dw = BasicTensor<T>(some_weight.shape());
    if (wants_x) between = BasicTensor<T>({g.n, at_once, g.h, g.w});
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      const int64_t first = g.c * chunk / chunks, count = g.c * (chunk + 1) / chunks - first;
      Conv2dGeometry of_conv = g;
      of_conv.c = count;
      Channels<T> channels = x->channels();
      channels.each = some(channels.each, first, count);
      const int64_t of_one = g.k * g.k, run = count * of_one, row = g.c * of_one;
      kernels.copy_runs(g.o, run, weight.raw().subspan(first * of_one), row, some_weight.raw(), run);
      const std::span<T> some_dx = some(between.raw(), 0, g.n * count * g.h * g.w);
      const bool wants_bias = chunk == 0 && d.size() > kernel + 1;
      kernels.conv2d_channels_backward(of_conv, channels, some_weight.raw(), dy.raw(), some_dx,
                                       some(some_dw.raw(), 0, g.o * run),
                                       wants_bias ? d[kernel + 1].raw() : std::span<T>());
      if (needs[kernel]) kernels.copy_runs(g.o, run, some_dw.raw(), run, d[kernel].raw().subspan(first * of_one), row);
      if (!wants_x) continue;
      BatchNorm2dGeometry of_norm = x->norm->geometry;
      of_norm.c = count;
      kernels.norm_channels_backward(of_norm, channels, some(x->norm->variance.raw(), first, count), some_dx,
                                     some(std::span(dx), first, count), some(d[norm].raw(), first, count),
                                     some(d[norm + 1].raw(), first, count));
    }
    return d;
  };
}

#define INSTANTIATE(T)                                                                            \
  template bool may_wait<T>(const Device*);                                                       \
  template std::vector<Pending<T>::Part> parts_of(const BasicVariable<T>&);                       \
  template Pending<T> joined<T>(std::vector<Pending<T>::Part>);                                   \
  template Pending<T> normalised(Pending<T>, const BatchNorm2dGeometry&, const BasicVariable<T>&, \
                                 const BasicVariable<T>&, BasicTensor<T>, BasicTensor<T>);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE
template Gradient<float> gradient_of_norm(std::shared_ptr<const Pending<float>>);
template Gradient<double> gradient_of_norm(std::shared_ptr<const Pending<double>>);
template Gradient<float> gradient_of_conv2d_and_norm(const Conv2dGeometry&, std::shared_ptr<const Pending<float>>,
                                                     Tensor);
template Gradient<double> gradient_of_conv2d_and_norm(const Conv2dGeometry&, std::shared_ptr<const Pending<double>>,
                                                      BasicTensor<double>);

}  // namespace cnnlab
