#include "lib/data/dataset.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab {

Dataset Dataset::empty_like() const {
  return {.name = name,
          .channels = channels,
          .height = height,
          .width = width,
          .classes = classes,
          .mean = mean,
          .deviation = deviation};
}

void Dataset::append(const Dataset& piece) {
  piece.validate();
  if (size() == 0) {
    channels = piece.channels;
    height = piece.height;
    width = piece.width;
    classes = piece.classes;
    mean = piece.mean;
    deviation = piece.deviation;
  }
  check(channels == piece.channels && height == piece.height && width == piece.width && classes == piece.classes, name,
        ": a piece with images of ", piece.channels, "×", piece.height, "×", piece.width, " and ", piece.classes,
        " classes does not fit images of ", channels, "×", height, "×", width, " and ", classes, " classes");
  images.insert(images.end(), piece.images.begin(), piece.images.end());
  labels.insert(labels.end(), piece.labels.begin(), piece.labels.end());
}

void Dataset::reserve(int64_t count) {
  images.reserve(static_cast<size_t>(count * pixels()));
  labels.reserve(static_cast<size_t>(count));
}

void Dataset::validate() const {
  check(channels > 0 && height > 0 && width > 0 && classes > 0, name, ": images of ", channels, "×", height, "×", width,
        " and ", classes, " classes are none");
  check(static_cast<int64_t>(images.size()) == size() * pixels(), name, ": ", images.size(), " bytes are not ", size(),
        " images of ", channels, "×", height, "×", width, ", one for each label");
  const auto values = static_cast<size_t>(channels);
  check((mean.empty() && deviation.empty()) || (mean.size() == values && deviation.size() == values), name, ": ",
        mean.size(), " means and ", deviation.size(), " deviations are not one for each of ", channels, " channels");
  for (const float value : deviation) check(value > 0, name, ": a deviation of ", value, " is not positive");
  for (int64_t i = 0; i < size(); ++i)
    check(labels[i] < classes, name, ": label ", int{labels[i]}, " of image ", i, " is outside 0 … ", classes - 1);
}

}  // namespace cnnlab
