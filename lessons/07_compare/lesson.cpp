#include "lessons/lesson.hpp"

#include <cmath>

#include "lessons/07_compare/model.hpp"
#include "lessons/cost.hpp"

namespace cnnlab::compare {
namespace {

double ratio(double a, double b) { return a / b; }

// What a count of right ones among `total` varies by chance (binomial).
double deviation(double correct, double total) { return std::sqrt(correct * (1 - correct / total)); }

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

// runs/cifar10.jsonl: mean training losses of the first and of the last epoch, and test images right after it.
void cifar_facts(FactList& facts) {
  constexpr int64_t images = 4000, test_images = 1000, epochs = 10, batch = 64;
  struct Recorded {
    const char* net;
    double first_loss, loss;
    int64_t correct;
  };
  const Recorded plain20{"plain20", 2.185286, 1.301512, 361};
  for (const Recorded& run :
       {plain20, Recorded{"plain56", 2.316764, 2.002519, 239}, Recorded{"residual20", 2.116786, 1.052995, 467},
        Recorded{"residual56", 2.529042, 1.371601, 375}}) {
    facts.decimal(text("cifar_", run.net, "_first_loss"), run.first_loss, 2);
    facts.decimal(text("cifar_", run.net, "_loss"), run.loss, 2);
    facts.whole(text("cifar_", run.net, "_correct"), run.correct);
  }
  facts.whole("cifar_overtakes", 2);  // the epoch from which on residual56 has the smaller loss than plain56
  // The same command with this library as it was before its convolutions were rounded in another order (7840c13).
  facts.decimal("cifar_before_plain20_loss", 1.431655, 2);
  facts.whole("cifar_before_plain20_correct", 407);
  facts.whole("cifar_train_images", images);
  facts.whole("cifar_test_images", test_images);
  facts.whole("cifar_epochs", epochs);
  facts.whole("cifar_steps", epochs * ((images + batch - 1) / batch));
  facts.decimal("cifar_sd", deviation(static_cast<double>(plain20.correct), test_images), 0);
}

// runs/vanishing.jsonl: decades from the gradient of the last convolution down to that of the first, at the first step.
void vanishing_facts(FactList& facts) {
  facts.whole("vanishing8_decades", 3);
  facts.whole("vanishing20_decades", 8);
  facts.whole("vanishing56_decades", 22);
  facts.decimal("guess_loss", std::log(10), 2);  // of ten equal chances
}

// runs/mnist.jsonl. `speed`: images trained a second, while the nets took turns.
void mnist_facts(FactList& facts) {
  struct Recorded {
    const char* net;
    int64_t correct;  // of 10,000 test images, at the end
    int64_t parameters, multiply_adds, memory;
    double speed;
  };
  const Recorded inception{"inception", 9867, 97298, 6019200, 20809292, 2629.775746};
  for (const Recorded& run : {Recorded{"direct", 9897, 37994, 4158720, 16583676, 4849.558362},
                              Recorded{"bottleneck", 9879, 19058, 1430784, 16946268, 8687.739461}, inception,
                              Recorded{"deeper3", 9857, 161142, 7038080, 22771452, 2305.278428},
                              Recorded{"plain20", 9864, 67906, 7733696, 59637064, 1400.646390},
                              Recorded{"residual20", 9915, 67906, 7733696, 72482056, 1335.806401},
                              Recorded{"dense22", 9849, 72458, 20212400, 311549328, 354.143908}}) {
    const std::string name = text("mnist_", run.net);
    facts.whole(name + "_correct", run.correct);
    facts.whole(name + "_parameters", run.parameters);
    facts.whole(name + "_mults", run.multiply_adds);
    facts.decimal(name + "_memory", 1e-6 * static_cast<double>(run.memory), 0);
    facts.decimal(name + "_time", ratio(inception.speed, run.speed), 1);
    facts.decimal(name + "_mults_ratio",
                  ratio(static_cast<double>(run.multiply_adds), static_cast<double>(inception.multiply_adds)), 1);
  }
  facts.whole("mnist_epochs", 3);
  facts.whole("mnist_steps", int64_t{3} * 938);
  // The same command a little later, when convolutions had come to round in another way (69c326c).
  facts.whole("mnist_again_plain20", 9916);
  facts.whole("mnist_again_residual20", 9888);
  facts.whole("mnist_test_images", 10000);
}

FactList facts() {
  FactList facts = budget_facts();
  cifar_facts(facts);
  vanishing_facts(facts);
  mnist_facts(facts);
  facts.decimal("chance_sd", deviation(9900, 10000), 0);
  facts.whole("trained_epochs", 3);
  return facts;
}

}  // namespace

Lesson lesson() {
  return {
      .id = "compare",
      .folder = "lessons/07_compare",
      .title_en = "Compare",
      .title_ko = "견주어 보기",
      .input = {1, 28, 28},
      .options = {{.name = "network",
                   .initial = residual_net,
                   .least = main_net,
                   .most = dense_net,
                   .help = "1: MainNet, 2: plain, 20 layers, 3: ResNet, 20 layers, 4: DenseNet, 25 layers",
                   .help_ko = "1은 MainNet, 2는 평범한 20층, 3은 ResNet 20층, 4는 DenseNet 25층이에요"}},
      .sources = {"lessons/07_compare/model.hpp", "lessons/02_inception/model.hpp", "lessons/04_degradation/model.hpp",
                  "lessons/05_residual/model.hpp", "lessons/06_dense/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return make_network(o.at("network")); },
      .facts = facts,
      .racing = {{.name = "fairmain",
                  .title_en = "MainNet (Inception)",
                  .title_ko = "MainNet(인셉션)",
                  .fixed = {{"network", main_net}}},
                 {.name = "fairplain",
                  .title_en = "Plain-20, width 10",
                  .title_ko = "Plain-20, 폭 10",
                  .fixed = {{"network", plain}}},
                 {.name = "fairresidual",
                  .title_en = "ResNet-20, width 10",
                  .title_ko = "ResNet-20, 폭 10",
                  .fixed = {{"network", residual_net}}},
                 {.name = "fairdense",
                  .title_en = "DenseNet-25, growth rate 8",
                  .title_ko = "DenseNet-25, 성장률 8",
                  .fixed = {{"network", dense_net}}}},
  };
}

}  // namespace cnnlab::compare
