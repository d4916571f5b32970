#pragma once
#include "lib/data/dataset.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab::testing {

/// In the shape of CIFAR-10. What is on the pictures is the same for both, so noise will do.
inline Dataset colours(int64_t count) {
  Random random({7});
  Dataset data{.name = "colours", .channels = 3, .height = 32, .width = 32, .classes = 10, .images = {}, .labels = {}};
  data.images.resize(static_cast<size_t>(count * data.pixels()));
  for (uint8_t& pixel : data.images) pixel = static_cast<uint8_t>(random.bits() & 0xff);
  for (int64_t i = 0; i < count; ++i) data.labels.push_back(static_cast<uint8_t>(i % data.classes));
  return data;
}

}  // namespace cnnlab::testing
