#include <cmath>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/training.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/train/trainer.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

std::shared_ptr<inception::MainNet> golden_net() {
  auto net = std::make_shared<inception::MainNet>();
  net->load(Golden("mainnet").under("weights/"));
  return net;
}

Tensor as_row(const std::vector<float>& numbers) { return Tensor({static_cast<int64_t>(numbers.size())}, numbers); }

}  // namespace

TEST_CASE("fifty training steps from the same weights follow PyTorch's losses and end in its weights") {
  const Golden golden("training");
  const json settings = json::parse(golden.metadata("settings"));
  const Dataset data = digits(), test = slice(data, 0, 16);
  const auto net = golden_net();
  Trainer trainer(net, train_step,
                  {.sgd = {.lr = settings["lr"], .momentum = settings["momentum"]},
                   .loader = {.batch_size = settings["batch"], .shuffle = false},
                   .epochs = 3,
                   .max_steps = settings["steps"]},
                  data, test);
  std::vector<float> losses;
  for (bool more = true; more;) {
    const bool trains = !trainer.testing();
    more = trainer.advance();
    if (trains) losses.push_back(static_cast<float>(trainer.last_loss()));
  }
  CHECK(losses[49] < 0.5f * losses[0]);
  CHECK(difference(as_row(losses), golden["losses"], {.absolute = 0, .relative = 2e-5}) == "");

  std::vector<float> norms, sums;
  for (const auto& [name, variable] : net->named_parameters()) {
    double square = 0, sum = 0;
    for (const float value : variable.value().data()) {
      square += static_cast<double>(value) * value;
      sum += value;
    }
    norms.push_back(static_cast<float>(std::sqrt(square)));
    sums.push_back(static_cast<float>(sum));
  }
  CHECK(difference(as_row(norms), golden["norms"], {.absolute = 1e-6, .relative = 1e-5}) == "");
  CHECK(difference(as_row(sums), golden["sums"], {.absolute = 1e-4, .relative = 1e-4}) == "");
  for (const auto& [name, expected] : golden.under("final/")) {
    INFO(name);
    for (const auto& [own, variable] : net->named_parameters())
      if (own == name) CHECK(difference(variable.value(), expected) == "");
  }
}

TEST_CASE("any number of threads trains the same bits") {
  const Dataset data = digits();
  const auto weights_after = [&](int count) {
    const int before = threads();
    set_threads(count);
    const auto net = golden_net();
    optim::SGD optimizer(net->parameters(), {.lr = 0.05, .momentum = 0.9});
    Loader loader(data, {.batch_size = 13, .seed = 1});
    for (int step = 0; step < 3; ++step) train_step(*net, optimizer, loader.batch(0, step));
    set_threads(before);
    return net->parameters();
  };
  const auto expected = weights_after(1);
  for (const int count : {2, 3, 5}) {
    INFO(count << " threads");
    const auto got = weights_after(count);
    for (size_t i = 0; i < got.size(); ++i) CHECK(bit_difference(got[i].value(), expected[i].value()) == "");
  }
}
