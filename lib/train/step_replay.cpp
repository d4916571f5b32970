#include "lib/train/step_replay.hpp"

#include <utility>

#include "lib/autograd/tape.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

StepReplay::StepReplay(Device& device, std::unique_ptr<StepRecorder> recorder, nn::Module& model, optim::SGD& optimizer,
                       TrainStep step, const Dataset& data)
    : device_(device),
      recorder_(std::move(recorder)),
      model_(model),
      optimizer_(optimizer),
      step_(std::move(step)),
      data_(data) {}

std::unique_ptr<StepReplay> StepReplay::make(nn::Module& model, optim::SGD& optimizer, const TrainStep& step,
                                             const Dataset& data) {
  auto* const device = dynamic_cast<RecordingDevice*>(model.device());
  if (!device) return nullptr;
  return std::unique_ptr<StepReplay>(new StepReplay(*device, device->step_recorder(), model, optimizer, step, data));
}

float StepReplay::train(Listening& network, Batch& batch, const Loader& loader) {
  const bool full = batch.images.size(0) == loader.options().batch_size;
  if (stage_ != Stage::rehearse || !full || Tape::active()) {
    batch.images = batch.images.to(&device_);
    const float loss = step_(network, optimizer_, batch);
    if (stage_ == Stage::first) stage_ = Stage::rehearse;
    return loss;
  }
  batch_images_ = Tensor(batch.images.shape(), &device_);
  batch_labels_ = IndexTensor({batch.images.size(0)}, &device_);
  batch = fixed_batch(batch);
  gathers_ = resident(loader);
  if (gathers_ && !images_) bring_data();
  float loss = 0;
  recorder_->rehearse([&] { loss = step_(network, optimizer_, batch); });
  stage_ = Stage::record;
  return loss;
}

// The batch, in the memory that recorded steps read.
Batch StepReplay::fixed_batch(const Batch& batch) const {
  Batch fixed{batch_images_, batch.labels};
  fixed.images.copy_from(batch.images);
  fixed.labels.on_device = batch_labels_;
  fixed.labels.on_device.copy_from(IndexTensor(batch_labels_.shape(), batch.labels));
  return fixed;
}

bool StepReplay::resident(const Loader& loader) const {
  const auto& augment = loader.options().augment;
  return !(augment && augment->redraw > 0) && data_.size() == loader.total();
}

void StepReplay::bring_data() {
  const auto bring = [&](const std::vector<uint8_t>& bytes) {
    std::shared_ptr<void> there = device_.allocate(bytes.size());
    device_.upload(bytes.data(), there.get(), bytes.size());
    return there;
  };
  images_ = bring(data_.images);
  labels_ = bring(data_.labels);
  const auto channels = static_cast<int64_t>(data_.mean.size());
  mean_ = Tensor({channels}, data_.mean).to(&device_);
  deviation_ = Tensor({channels}, data_.deviation).to(&device_);
  order_ = IndexTensor({data_.size()}, &device_);
  order_epoch_ = -1;
}

bool StepReplay::can_repeat(const Loader& loader, int64_t position) {
  if (stage_ != Stage::record && stage_ != Stage::repeat) return false;
  const bool same_size = loader.options().batch_size == batch_images_.size(0);
  if (!same_size || gathers_ != resident(loader) || (stage_ == Stage::repeat && !unchanged())) forget();
  return stage_ != Stage::first && position + batch_images_.size(0) <= loader.total() && !Tape::active();
}

bool StepReplay::repeat(Loader& loader, int64_t epoch, int64_t position) {
  recorder_->set_rates(optimizer_.settings());
  bring_batch(loader, epoch, position);
  if (stage_ == Stage::record) {
    if (!record(loader.batch_from(epoch, position), loader.options())) return false;
  } else {
    std::vector<uint64_t> keys(recorder_->keys().size());
    for (uint64_t& key : keys) key = default_random().bits();
    recorder_->set_keys(keys);
  }
  recorder_->replay();
  for (size_t i = 0; i < parameters_.size(); ++i) {  // an ordinary step in between had left others
    Variable& parameter = parameters_[i];
    if (parameter.has_grad() && parameter.grad().raw().data() == gradients_[i].raw().data()) continue;
    parameter.clear_grad();
    parameter.accumulate_grad(gradients_[i]);
  }
  return true;
}

void StepReplay::bring_batch(Loader& loader, int64_t epoch, int64_t position) {
  if (!gathers_) {
    fixed_batch(loader.batch_from(epoch, position));
    return;
  }
  if (order_epoch_ != epoch) {
    order_.copy_from(IndexTensor({data_.size()}, loader.order(epoch)));
    order_epoch_ = epoch;
  }
  recorder_->set_position(epoch, position);
}

bool StepReplay::record(const Batch& batch, const LoaderOptions& options) {
  Random random = default_random();
  try {
    recorder_->record([&] { return work(batch, options); });
    for (const uint64_t key : recorder_->keys())
      if (key != random.bits()) throw NotRecordable("it draws random numbers for more than dropout");
  } catch (const NotRecordable& why) {
    refused_ = why.what();
    stage_ = Stage::never;
    model_.zero_grad();  // they were never computed
    return false;
  }
  watch();
  stage_ = Stage::repeat;
  return true;
}

// The work of a whole step, with its batch and its result.
float StepReplay::work(const Batch& batch, const LoaderOptions& options) {
  Batch fixed{batch_images_, batch.labels};
  fixed.labels.on_device = batch_labels_;
  if (gathers_) recorder_->gather(gathering(options));
  Listening network(model_);
  const float loss = step_(network, optimizer_, fixed);
  const Tensor& output = network.output;
  if (output.shape().rank() != 2) throw NotRecordable("it asks the network nothing");
  recorder_->tally(output.size(1), output.raw(), batch_labels_.raw());
  return loss;
}

StepRecorder::Gather StepReplay::gathering(const LoaderOptions& options) {
  return {.images = {static_cast<const uint8_t*>(images_.get()), data_.images.size()},
          .labels = {static_cast<const uint8_t*>(labels_.get()), data_.labels.size()},
          .height = data_.height,
          .width = data_.width,
          .order = order_.raw(),
          .mean = mean_.raw(),
          .deviation = deviation_.raw(),
          .augment = options.augment ? &*options.augment : nullptr,
          .crop = options.crop ? &*options.crop : nullptr,
          .seed = options.seed,
          .batch = batch_images_.raw(),
          .batch_labels = batch_labels_.raw()};
}

void StepReplay::watch() {
  parameters_.clear();
  gradients_.clear();
  watched_.clear();
  places_.clear();
  for (const Variable& parameter : model_.parameters()) {
    if (!parameter.has_grad()) continue;
    parameters_.push_back(parameter);
    gradients_.push_back(parameter.grad());
  }
  for (const auto& [name, tensor] : model_.state_dict()) watched_.push_back(tensor);
  for (const Tensor& velocity : optimizer_.velocities()) watched_.push_back(velocity);
  places_.reserve(watched_.size());
  for (const Tensor& tensor : watched_) places_.push_back(tensor.raw().data());
  with_momentum_ = optimizer_.settings().momentum > 0;
  nesterov_ = optimizer_.settings().nesterov;
}

bool StepReplay::unchanged() const {
  const SgdSettings& sgd = optimizer_.settings();
  if (with_momentum_ != (sgd.momentum > 0) || nesterov_ != sgd.nesterov) return false;
  for (size_t i = 0; i < watched_.size(); ++i)
    if (watched_[i].raw().data() != places_[i]) return false;
  const std::vector<Tensor>& velocities = optimizer_.velocities();
  const size_t before = watched_.size() - velocities.size();
  for (size_t i = 0; i < velocities.size(); ++i)
    if (velocities[i].raw().data() != places_[before + i]) return false;
  return true;
}

}  // namespace cnnlab
