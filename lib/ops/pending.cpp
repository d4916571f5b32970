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

}  // namespace

template <class T>
bool may_wait(const Device* device) {
  return !device && !BasicTape<T>::active() && backend<T>().write_channels;
}

template <class T>
std::vector<typename Pending<T>::Part> parts_of(const BasicVariable<T>& x) {
  if (x.pending() && !x.pending()->norm) return x.pending()->parts;
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

}  // namespace cnnlab
