#include "lib/train/data_parallel.hpp"

#include <numeric>
#include <utility>

#include "lib/tensor/random.hpp"

namespace cnnlab {
namespace {

// While it lives, the optimizer's `step` does nothing: gradients are computed, but are not the last word.
class Held {
 public:
  explicit Held(optim::SGD& optimizer) : optimizer_(optimizer) { optimizer_.hold(true); }
  ~Held() { optimizer_.hold(false); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  optim::SGD& optimizer_;
};

// Numbers `first` and following, as many as `to` holds; by the device that gets them.
template <class T>
void copy_part(const BasicTensor<T>& from, int64_t first, BasicTensor<T> to) {
  const std::span<T> numbers = to.raw();
  to.device()->copy(from.raw().data() + first, numbers.data(), numbers.size_bytes());
}

}  // namespace

DataParallel::DataParallel(DeviceGroup& group, TrainStep step, std::shared_ptr<nn::Module> network,
                           const std::function<std::shared_ptr<nn::Module>()>& make)
    : group_(group), step_(std::move(step)), network_(std::move(network)) {
  const std::vector<Device*>& devices = group.devices();
  check(network_->device() == devices[0], "data parallel: the network lives on ", device_name(network_->device()),
        ", but the first device is ", device_name(devices[0]));
  for (size_t i = 1; i < devices.size(); ++i) {
    std::shared_ptr<nn::Module> copy = make();
    copy->to(devices[i]);
    copies_.push_back({copy, optim::SGD(copy->parameters(), {})});
  }
}

float DataParallel::train(nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
  if (std::ssize(batch.labels) % std::ssize(group_.devices()) != 0) {
    const float loss = step_(model, optimizer, batch);
    share_state(optimizer);  // the next step may be a repetition, which does not begin with it
    return loss;
  }
  if (!group_.recording()) share_state(optimizer);
  std::vector<Tensor> answers;
  const float loss = train_shares(model, optimizer, batch, answers);
  group_.join();
  if (auto* const listening = dynamic_cast<Listening*>(&model)) listening->output = joined(answers);
  return loss;
}

float DataParallel::train_shares(nn::Module& model, optim::SGD& optimizer, const Batch& batch,
                                 std::vector<Tensor>& answers) {
  group_.fork();
  std::vector<float> losses(copies_.size() + 1);
  answers.resize(losses.size());
  const Random random = default_random();
  group_.together([&](size_t place) {
    if (place > 0) {
      default_random() = random;  // so all shares have the same key for a mask
      copies_[place - 1].network->train();
    }
    optim::SGD& its_optimizer = place == 0 ? optimizer : copies_[place - 1].optimizer;
    const Held held(its_optimizer);
    Listening listening(place == 0 ? model : *copies_[place - 1].network);
    losses[place] = step_(listening, its_optimizer, share_of(batch, place));
    answers[place] = listening.output;
  });
  average_gradients();
  optimizer.step();
  for (Copy& copy : copies_) copy.optimizer.step();
  return static_cast<float>(std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size()));
}

void DataParallel::average_gradients() {
  std::vector<std::vector<std::span<float>>> gradients;
  for (size_t place = 0; place <= copies_.size(); ++place) {
    auto& its_gradients = gradients.emplace_back();
    for (const Variable& parameter : (place == 0 ? *network_ : *copies_[place - 1].network).parameters())
      if (parameter.has_grad()) its_gradients.push_back(Tensor(parameter.grad()).raw());
  }
  group_.average(gradients);
}

// Brings all that a step starts from to the copies, to where they have it.
void DataParallel::share_state(const optim::SGD& optimizer) {
  group_.fork();
  const auto state = network_->state_dict();
  const std::vector<Tensor>& velocities = optimizer.velocities();
  for (Copy& copy : copies_) {
    auto its_state = copy.network->state_dict();
    for (size_t i = 0; i < state.size(); ++i) its_state[i].second.copy_from(state[i].second);
    std::vector<Tensor> its_velocities = copy.optimizer.velocities();
    for (size_t i = 0; i < velocities.size(); ++i) {
      if (its_velocities[i].shape() != velocities[i].shape())
        its_velocities[i] = Tensor(velocities[i].shape(), copy.network->device());
      its_velocities[i].copy_from(velocities[i]);
    }
    copy.optimizer.set_velocities(std::move(its_velocities));
    copy.optimizer.set(optimizer.settings());
  }
  group_.join();
}

Batch DataParallel::share_of(const Batch& batch, size_t place) const {
  Device* const device = group_.devices()[place];
  const auto all = static_cast<int64_t>(batch.labels.size());
  const int64_t images = all / std::ssize(group_.devices()), first = static_cast<int64_t>(place) * images;
  const Shape& shape = batch.images.shape();
  Batch share{Tensor({images, shape[1], shape[2], shape[3]}, device), {}};
  copy_part(batch.images, first * (batch.images.numel() / all), share.images);
  share.labels.assign(batch.labels.begin() + first, batch.labels.begin() + first + images);
  if (batch.labels.on_device.numel() == 0) return share;
  share.labels.on_device = IndexTensor({images}, device);
  copy_part(batch.labels.on_device, first, share.labels.on_device);
  return share;
}

// What the network answers for the whole batch, on the first device.
Tensor DataParallel::joined(const std::vector<Tensor>& answers) const {
  const int64_t images = answers[0].size(0), classes = answers[0].size(1);
  Device& device = *group_.devices()[0];
  Tensor all({images * std::ssize(answers), classes}, &device);
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::span<const float> from = answers[i].raw();
    device.copy(from.data(), all.raw().data() + i * from.size(), from.size_bytes());
  }
  return all;
}

}  // namespace cnnlab
