#include "lessons/cost.hpp"

#include "lessons/training.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/tensor/random.hpp"

namespace cnnlab {

NetworkCost cost_of(nn::Module& net, const Shape& image) {
  NetworkCost cost{.parameters = net.parameter_count(), .multiply_adds = 0, .values = 0};
  const Tape tape;
  net(Tensor::zeros({1, image[0], image[1], image[2]}));
  for (const auto& [node, output] : tape.records()) {
    cost.multiply_adds += node->multiply_adds;
    cost.values += output.value().numel();
  }
  return cost;
}

int64_t training_memory(const std::function<std::shared_ptr<nn::Module>()>& build, const Shape& image, int64_t batch,
                        const SgdSettings& settings) {
  const Random before = default_random();  // who asks goes on drawing as if nobody had
  const MemoryWatch watch;
  {
    const auto net = build();
    optim::SGD optimizer(net->parameters(), settings);
    const Batch black{.images = Tensor::zeros({batch, image[0], image[1], image[2]}),
                      .labels = Labels(static_cast<size_t>(batch), 0)};
    for (int i = 0; i < 2; ++i) train_step(*net, optimizer, black);  // momentum is there from the second step on
  }
  default_random() = before;
  return watch.most();
}

}  // namespace cnnlab
