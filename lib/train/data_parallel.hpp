#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "lib/tensor/device_group.hpp"
#include "lib/train/step_replay.hpp"

namespace cnnlab {

/// Trains one network on several devices: each has a copy of it and computes the gradients of its share of the batch;
/// their mean is the gradient of the whole batch, by which all correct their weights. BatchNorm takes the statistics of
/// the whole batch (as PyTorch's SyncBatchNorm), and Dropout its mask. So it learns what one device would learn of that
/// batch, but for rounding.
class DataParallel {
 public:
  /// `network` lives on the group's first device. `make` makes others of its kind, whose weights are overwritten.
  DataParallel(DeviceGroup& group, TrainStep step, std::shared_ptr<nn::Module> network,
               const std::function<std::shared_ptr<nn::Module>()>& make);

  /// A TrainStep. `model` is the network, or one that passes all on to it. A batch that cannot be cut into equal shares
  /// (an epoch's last) the first device computes alone.
  float train(nn::Module& model, optim::SGD& optimizer, const Batch& batch);

 private:
  struct Copy {
    std::shared_ptr<nn::Module> network;
    optim::SGD optimizer;
  };

  float train_shares(nn::Module& model, optim::SGD& optimizer, const Batch& batch, std::vector<Tensor>& answers);
  void average_gradients();
  void share_state(const optim::SGD& optimizer);
  Batch share_of(const Batch& batch, size_t place) const;
  Tensor joined(const std::vector<Tensor>& answers) const;

  DeviceGroup& group_;
  TrainStep step_;
  std::shared_ptr<nn::Module> network_;
  std::vector<Copy> copies_;  // on the second device, the third, …
};

}  // namespace cnnlab
