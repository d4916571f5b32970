#include "lessons/facts.hpp"

#include <cmath>

#include "lessons/07_compare/model.hpp"
#include "lessons/cost.hpp"
#include "lessons/recorded_run.hpp"

namespace cnnlab::compare {
namespace {

double ratio(double a, double b) { return a / b; }

// What a count of right ones among `total` varies by chance (binomial).
double deviation(double correct, int64_t images) {
  const auto total = static_cast<double>(images);
  return std::sqrt(correct * (1 - correct / total));
}

// The four nets of one budget. Memory is measured once: it takes training steps.
const FactList& budget_facts() {
  static const FactList measured = [] {
    FactList facts;
    const struct {
      const char* name;
      Network network;
    } nets[] = {{"main", main_net}, {"plain", plain}, {"residual", residual_net}, {"dense", dense_net}};
    double mults = 0, memory = 0;  // of the last net
    for (const auto& [name, network] : nets) {
      const auto build = [network = network] { return make_network(network); };
      const NetworkCost cost = cost_of(*build(), {1, 28, 28});
      mults = static_cast<double>(cost.multiply_adds);
      memory = 1e-6 * static_cast<double>(training_memory(build, {1, 28, 28}, 64, {.lr = 0.1, .momentum = 0.9}));
      facts.whole(text("budget_", name, "_parameters"), cost.parameters);
      facts.whole(text("budget_", name, "_mults"), cost.multiply_adds);
      facts.decimal(text("budget_", name, "_memory"), memory, 0);
    }
    facts.decimal("budget_dense_mults_ratio", ratio(mults, facts[1].value), 1);
    facts.decimal("budget_dense_memory_ratio", ratio(memory, facts[2].value), 0);
    return facts;
  }();
  return measured;
}

// runs/cifar10.jsonl: mean training losses of the first and of the last epoch, and test images right after it; and
// the last two from another seed.
void cifar_facts(FactList& facts) {
  const RecordedRun &run = recorded_run("cifar10"), &again = recorded_run("cifar10_seed2");
  for (const char* name : {"plain20", "plain56", "residual20", "residual56"}) {
    const RecordedRun::Net& net = run.net(name);
    facts.decimal(text("cifar_", name, "_first_loss"), net.epochs.front().train_loss, 2);
    facts.decimal(text("cifar_", name, "_loss"), net.epochs.back().train_loss, 2);
    facts.whole(text("cifar_", name, "_correct"), net.epochs.back().test_correct);
    facts.decimal(text("cifar_again_", name, "_loss"), again.net(name).epochs.back().train_loss, 2);
    facts.whole(text("cifar_again_", name, "_correct"), again.net(name).epochs.back().test_correct);
  }
  const auto &plain56 = run.net("plain56").epochs, &residual56 = run.net("residual56").epochs;
  size_t above = 0;  // epochs until residual56 has the smaller loss
  while (residual56.at(above).train_loss >= plain56.at(above).train_loss) ++above;
  facts.whole("cifar_overtakes", static_cast<int64_t>(above) + 1);
  facts.whole("cifar_train_images", run.train_images);
  facts.whole("cifar_test_images", run.test_images);
  facts.whole("cifar_epochs", std::ssize(plain56));
  facts.whole("cifar_steps", std::ssize(plain56) * run.steps_per_epoch());
  facts.decimal("cifar_sd",
                deviation(static_cast<double>(run.net("plain20").epochs.back().test_correct), run.test_images), 0);
}

// runs/vanishing.jsonl of lesson degradation: decades from the gradient of the last convolution down to that of the
// first, at the first step.
void vanishing_facts(FactList& facts) {
  for (const int64_t depth : {8, 20, 56}) {
    const auto gradients = recorded_run("vanishing").net(text("plain", depth, ":batch_norm=0")).first_convolutions();
    facts.whole(text("vanishing", depth, "_decades"),
                std::llround(std::log10(gradients.back().gradient / gradients.front().gradient)));
  }
  facts.decimal("guess_loss", std::log(10), 2);  // of ten equal chances
}

// runs/mnist.jsonl, and how many another seed read. Times are of training, while the nets took turns.
void mnist_facts(FactList& facts) {
  const RecordedRun &run = recorded_run("mnist"), &again = recorded_run("mnist_seed2");
  const RecordedRun::Net& inception = run.net("inception");
  for (const RecordedRun::Net& net : run.nets) {
    const std::string name = text("mnist_", net.name);
    facts.whole(name + "_correct", net.epochs.back().test_correct);
    facts.whole(name + "_again_correct", again.net(net.name).epochs.back().test_correct);
    facts.whole(name + "_parameters", net.parameters);
    facts.whole(name + "_mults", net.multiply_adds);
    facts.decimal(name + "_memory", 1e-6 * static_cast<double>(net.memory), 0);
    facts.decimal(name + "_time", ratio(inception.images_per_second, net.images_per_second), 1);
    facts.decimal(name + "_mults_ratio",
                  ratio(static_cast<double>(net.multiply_adds), static_cast<double>(inception.multiply_adds)), 1);
  }
  facts.whole("mnist_again_residual20_before", again.net("residual20").epochs.at(1).test_correct);
  facts.whole("mnist_epochs", std::ssize(inception.epochs));
  facts.whole("mnist_steps", std::ssize(inception.epochs) * run.steps_per_epoch());
  facts.whole("mnist_test_images", run.test_images);
}

}  // namespace

FactList facts() {
  FactList facts = budget_facts();
  cifar_facts(facts);
  vanishing_facts(facts);
  mnist_facts(facts);
  facts.decimal("chance_sd", deviation(9900, 10000), 0);
  return facts;
}

}  // namespace cnnlab::compare
