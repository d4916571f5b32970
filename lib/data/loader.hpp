#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/data/augment.hpp"
#include "lib/data/dataset.hpp"
#include "lib/tensor/labels.hpp"
#include "lib/tensor/tensor.hpp"

namespace cnnlab {

struct Batch {
  Tensor images;  ///< (N, C, H, W): pixels / 255, normalised as the data set says
  Labels labels;  ///< (N)
};

struct LoaderOptions {
  int64_t batch_size = 64;
  bool shuffle = true;
  uint64_t seed = 0;
  /// 0: any image may come at any time. Else images are shuffled only within consecutive groups of so many, which are
  /// visited in order: training can start when the first group is there. (Within a group all is as before; MNIST's
  /// files are mixed already, so groups of a few thousand train as well.)
  int64_t window = 0;
  /// How many images there will be, when some are still to come (`Dataset::append`); 0: those of the data set now.
  int64_t total = 0;
  std::optional<AugmentOptions> augment{};  ///< for drawings; …
  std::optional<CropOptions> crop{};        ///< … for photographs: one of them or neither
};

/// Batches of a data set. The order of an epoch is a function of (seed, epoch), and batch `index` of it of nothing
/// else: so a resumed run sees the same bits as one that never stopped, with any number of threads.
class Loader {
 public:
  /// The data set is not copied: it must outlive the loader, and may grow. Throws Error for a batch size below 1, a
  /// negative window, or no images.
  Loader(const Dataset& data, LoaderOptions options);

  /// In one epoch; the last batch may be smaller (PyTorch's drop_last=False).
  int64_t batches() const { return (total_ + options_.batch_size - 1) / options_.batch_size; }
  int64_t total() const { return total_; }
  const LoaderOptions& options() const { return options_; }

  /// Image indices in the order in which epoch `epoch` (from 0) visits them.
  std::vector<int32_t> order(int64_t epoch) const;

  /// Whether all images that batch `index` may hold are loaded, in any epoch.
  bool ready(int64_t index) const { return ready_from(index * options_.batch_size); }
  bool ready_from(int64_t position) const;

  /// Batch `index` (from 0) of epoch `epoch`. Throws Error when there is no such batch, or its images are not loaded
  /// yet.
  Batch batch(int64_t epoch, int64_t index);
  /// The images from some position (from 0) in the epoch's order on: as many as a batch has, or as are left.
  Batch batch_from(int64_t epoch, int64_t position);
  /// Batches have so many images from now on. Throws Error for a size below 1.
  void set_batch_size(int64_t size);

 private:
  int64_t window() const;
  int64_t end_of(int64_t position) const { return std::min(position + options_.batch_size, total_); }
  void normalise(std::span<float> image) const;
  void fill(int64_t epoch, std::span<const int32_t> chosen, Batch& batch) const;

  const Dataset& data_;
  LoaderOptions options_;
  int64_t total_;
  int64_t ordered_epoch_ = -1;  // the epoch of order_, kept between batches
  std::vector<int32_t> order_;
};

}  // namespace cnnlab
