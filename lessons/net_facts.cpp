#include "lessons/net_facts.hpp"

#include <algorithm>

#include "lessons/cost.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab {

void cost_facts(FactList& facts, std::span<const int64_t> depths,
                const std::function<std::shared_ptr<nn::Module>(int64_t depth)>& make) {
  for (const int64_t depth : depths) {
    const NetworkCost cost = cost_of(*make(depth), {1, 28, 28});
    facts.whole(text("parameters", depth), cost.parameters);
    facts.whole(text("mults", depth), cost.multiply_adds);
  }
}

void homework_shapes(FactList& facts, nn::Module& net, const Shape& image, std::span<const char* const> parts) {
  const Tape tape;
  net(Tensor::zeros({1, image[0], image[1], image[2]}));
  for (const std::string part : parts) {
    const Shape* shape = nullptr;  // of the last that this part has made
    for (const auto& [node, output] : tape.records())
      if (node->path == part || node->path.starts_with(part + ".")) shape = &output.shape();
    check(shape != nullptr && shape->rank() == 4, "lesson: its net makes no maps in a part ", part);
    std::string name = "homework_" + part;
    std::replace(name.begin(), name.end(), '.', '_');
    facts.whole(name + "_channels", (*shape)[1]);
    facts.whole(name + "_side", (*shape)[2]);
  }
}

}  // namespace cnnlab
