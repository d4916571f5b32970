#include "lib/data/loader.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "lib/data/distortion.hpp"
#include "lib/data/pen_digits.hpp"
#include "lib/kernels/parallel.hpp"

namespace cnnlab {
namespace {

constexpr uint64_t shuffling = 1;  // what a random generator is for; 2 is the distortion of an image

}  // namespace

Loader::Loader(const Dataset& data, LoaderOptions options)
    : data_(data), options_(options), total_(options.total ? options.total : data.size()) {
  check(options.batch_size >= 1, "loader: batch size ", options.batch_size, " is not positive");
  check(options.window >= 0, "loader: window ", options.window, " is negative");
  check(total_ >= 1, "loader: data set '", data.name, "' has no images");
  check(!options.augment || options.augment->redraw == 0 ||
            (data.channels == 1 && data.height == 28 && data.width == 28 && data.classes == 10),
        "loader: only 28×28 grey digits can be redrawn; data set '", data.name, "' has images of ", data.channels, "×",
        data.height, "×", data.width, " in ", data.classes, " classes");
  check(!options.augment || !options.crop, "loader: images are either bent or cropped, not both");
  check(!options.crop || (options.crop->padding >= 0 && options.crop->padding < std::min(data.height, data.width)),
        "loader: a crop's padding must be at least 0 and below the images' size, ", data.height, "×", data.width,
        ", got ", options.crop ? options.crop->padding : 0);
  check(total_ >= data.size() && total_ <= std::numeric_limits<int32_t>::max(), "loader: a total of ", total_,
        " images does not fit data set '", data.name, "' with ", data.size());
}

int64_t Loader::window() const { return options_.window ? std::min(options_.window, total_) : total_; }

std::vector<int32_t> Loader::order(int64_t epoch) const {
  std::vector<int32_t> order(static_cast<size_t>(total_));
  std::iota(order.begin(), order.end(), 0);
  if (!options_.shuffle) return order;
  const int64_t window = this->window();
  for (int64_t begin = 0; begin < total_; begin += window) {
    Random random{options_.seed, shuffling, static_cast<uint64_t>(epoch), static_cast<uint64_t>(begin)};
    const int64_t count = std::min(window, total_ - begin);
    for (int64_t i = count - 1; i > 0; --i)  // Fisher and Yates
      std::swap(order[begin + i], order[begin + static_cast<int64_t>(random.below(static_cast<uint64_t>(i) + 1))]);
  }
  return order;
}

bool Loader::ready_from(int64_t position) const {
  const int64_t last = end_of(position);
  if (!options_.shuffle) return last <= data_.size();
  const int64_t window = this->window();
  return std::min((last + window - 1) / window * window, total_) <= data_.size();
}

Batch Loader::batch(int64_t epoch, int64_t index) {
  check(epoch >= 0 && index >= 0 && index < batches(), "loader: there is no batch ", index, " in epoch ", epoch,
        "; an epoch has ", batches());
  check(ready(index), "loader: the images of batch ", index, " are not loaded yet (", data_.size(), " of ", total_,
        " are)");
  return batch_from(epoch, index * options_.batch_size);
}

Batch Loader::batch_from(int64_t epoch, int64_t position) {
  check(epoch >= 0 && position >= 0 && position < total_ && ready_from(position), "loader: the images from position ",
        position, " of epoch ", epoch, " on are not there: ", data_.size(), " of ", total_, " are loaded");
  if (ordered_epoch_ != epoch) {
    order_ = order(epoch);
    ordered_epoch_ = epoch;
  }
  const auto count = static_cast<size_t>(end_of(position) - position);
  Batch batch{Tensor({static_cast<int64_t>(count), data_.channels, data_.height, data_.width}), {}};
  batch.labels.reserve(count);
  fill(epoch, std::span(order_).subspan(static_cast<size_t>(position), count), batch);
  return batch;
}

void Loader::set_batch_size(int64_t size) {
  check(size >= 1, "loader: batch size ", size, " is not positive");
  options_.batch_size = size;
}

void Loader::normalise(std::span<float> image) const {
  const size_t plane = image.size() / static_cast<size_t>(data_.channels);
  for (size_t c = 0; c < data_.mean.size(); ++c)
    for (float& pixel : image.subspan(c * plane, plane)) pixel = (pixel - data_.mean[c]) / data_.deviation[c];
}

void Loader::fill(int64_t epoch, std::span<const int32_t> chosen, Batch& batch) const {
  for (int32_t image : chosen) batch.labels.push_back(data_.labels[image]);
  const auto pixels = static_cast<size_t>(data_.pixels());
  const std::span<float> floats = batch.images.data();
  parallel_for(static_cast<int64_t>(chosen.size()), [&](int64_t i) {
    const std::span<float> out = floats.subspan(static_cast<size_t>(i) * pixels, pixels);
    const std::span<const uint8_t> image = data_.image(chosen[i]);
    Random random = random_of_image(options_.seed, epoch, chosen[i]);
    if (options_.augment) {
      std::vector<uint8_t> redrawn;
      if (options_.augment->redraw > 0 && random.uniform() < options_.augment->redraw)
        redrawn = draw_pen_digit(batch.labels[i], random);
      augment(*options_.augment, random, redrawn.empty() ? image : redrawn, data_.channels, data_.height, data_.width,
              out);
    } else if (options_.crop) {
      crop(*options_.crop, random, image, data_.channels, data_.height, data_.width, out);
    } else {
      std::transform(image.begin(), image.end(), out.begin(),
                     [](uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
    }
    normalise(out);
  });
}

}  // namespace cnnlab
