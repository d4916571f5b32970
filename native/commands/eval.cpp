#include <iostream>
#include <memory>

#include "lib/train/evaluate.hpp"
#include "native/cli/datasets.hpp"
#include "native/cli/files.hpp"
#include "native/cli/options.hpp"
#include "native/commands/commands.hpp"
#include "native/train/report.hpp"

namespace cnnlab {
namespace {

struct EvalOptions {
  NetworkChoice network;
  DataChoice data;
  DeviceChoice device;
  std::string weights, logits;
};

// The network's output for every test image, in their order, filled batch by batch.
struct Outputs {
  Tensor logits, labels;  // (N, classes), (N)
  int64_t next = 0;

  void add(const Batch& batch, const Tensor& output, int64_t total) {
    if (next == 0) logits = Tensor({total, output.size(1)}), labels = Tensor({total});
    std::ranges::copy(output.data(), logits.data().subspan(next * output.size(1)).begin());
    std::ranges::copy(batch.labels, labels.data().subspan(next).begin());
    next += output.size(0);
  }
};

int evaluate_network(const EvalOptions& options) {
  Device* const device = options.device.use();
  const Network network = load_network(options.network, options.weights, &options.data);
  network.module->to(device);
  const DataSplit data = load_data(options.data, *network.lesson);
  if (!options.logits.empty()) check_writable(options.logits, data.test.size() * 11 * 4);
  Evaluation evaluation(*network.module, data.test);
  Outputs outputs;
  if (!options.logits.empty())
    evaluation.on_batch = [&](const Batch& batch, const Tensor& output) {
      outputs.add(batch, output, evaluation.total());
    };
  while (evaluation.advance()) {
  }
  if (!options.logits.empty())
    save_safetensors(options.logits,
                     {.tensors = {{"logits", outputs.logits}, {"labels", outputs.labels}},
                      .metadata = {{"lesson", network.name.lesson},
                                   {"data", options.data.name},
                                   {"logits", "the network's output, log-probabilities, of each test image"}}});
  std::cout << test_line(evaluation.score()) << std::endl;
  return 0;
}

}  // namespace

Command eval_command() {
  return {
      .name = "eval",
      .help = "tests a trained network on the test images",
      .examples =
          "Examples:\n"
          "  cnnlab eval --weights weights.safetensors\n"
          "  cnnlab eval --weights weights.safetensors --logits logits.safetensors",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<EvalOptions>();
            options->network.add_to(list);
            add_weights_option(list, options->weights);
            options->data.add_to(list);
            options->device.add_to(list);
            list.text("--logits", "FILE", options->logits,
                      "write the output for each test image (safetensors: \"logits\" and \"labels\")");
            return [=] { return evaluate_network(*options); };
          },
  };
}

}  // namespace cnnlab
