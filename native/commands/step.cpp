#include <cmath>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "lessons/training.hpp"
#include "native/cli/datasets.hpp"
#include "native/cli/format.hpp"
#include "native/cli/options.hpp"
#include "native/commands/commands.hpp"
#include "native/trace.hpp"
#include "native/weights/shipped.hpp"

namespace cnnlab {
namespace {

using nlohmann::ordered_json;

struct StepOptions {
  NetworkChoice network;
  DataChoice data;
  DeviceChoice device;
  std::string weights;
  int64_t index = 0;
  bool json = false;
};

// Trained weights where there are some: their answer and their gradients mean something.
Network network_of(const StepOptions& options, bool& trained) {
  NetworkName name = options.network.name();
  name.input = input_for(options.data, find_lesson(name.lesson));
  trained = !options.weights.empty() || !shipped_weights(find_lesson(name.lesson)).empty();
  return trained ? load_network(options.network, options.weights, &options.data) : make_network(name);
}

// One training step on one image, recorded. In eval mode: what the trained network does, with the statistics that it
// has learned.
struct Recording {
  Tape tape;
  int32_t label = 0, answer = 0;
  double probability = 0;  // of the answer
  double loss = 0;

  Recording(const Network& network, const Dataset& data, int64_t index) {
    Dataset one = data.empty_like();
    one.images.assign(data.image(index).begin(), data.image(index).end());
    one.labels = {data.labels[index]};
    const Batch batch = Loader(one, {.batch_size = 1, .shuffle = false}).batch(0, 0);
    optim::SGD optimizer(network.module->parameters(), TrainSettings{}.sgd);
    network.module->eval();
    loss = train_step(*network.module, optimizer, batch);
    label = batch.labels[0];
    const Tensor output = tape.records().back().node->inputs[0].value();  // what nll_loss read: (1, classes)
    answer = argmax_rows(output)[0];
    probability = std::exp(output.data()[answer]);
  }
};

std::string microseconds(double seconds) { return rounded(seconds * 1e6) + " µs"; }

std::string place(const CallSite& site) { return text(site.file, ":", site.line); }

// Prints the lesson's lines that led to an op, as far as they differ from those of the op before.
void add_lines(Table& table, const Node<float>& node, std::vector<std::string>& shown) {
  const std::vector<CallSite> chain = call_chain(node);
  size_t depth = 0;
  while (depth < chain.size() && depth < shown.size() && shown[depth] == place(chain[depth])) ++depth;
  if (depth == chain.size() && shown.size() > depth) --depth;
  shown.resize(depth);
  for (; depth < chain.size(); ++depth) {
    shown.push_back(place(chain[depth]));
    table.heading(std::string(2 * depth, ' ') + shown.back() + "  " + code_line(chain[depth]));
  }
}

void print_forward(const Tape& tape) {
  Table table({{"", Table::right},
               {"op"},
               {"layer"},
               {"output"},
               {"params", Table::right},
               {"mult-adds", Table::right},
               {"time", Table::right}});
  std::vector<std::string> shown;
  int index = 0;
  for (const auto& [node, output] : tape.records()) {
    add_lines(table, *node, shown);
    const int64_t parameters = parameter_count(*node);
    table.add({std::to_string(++index), std::string(node->op), node->path, output.shape().str(),
               parameters ? grouped(parameters) : "", node->multiply_adds ? grouped(node->multiply_adds) : "",
               microseconds(node->forward_seconds)});
  }
  std::cout << "FORWARD\n" << table.str();
}

// The length of the gradient of all of an op's parameters together; "" for an op without.
std::string parameter_gradient(const Node<float>& node) {
  double squares = 0;
  for (const Variable& input : node.inputs)
    if (!input.node() && input.has_grad()) squares += std::pow(norm(input.grad()), 2);
  return parameter_count(node) ? fixed(std::sqrt(squares), 4) : "";
}

void print_backward(const Tape& tape) {
  Table table({{"", Table::right},
               {"op"},
               {"layer"},
               {"gradient"},
               {"length", Table::right},
               {"of params", Table::right},
               {"time", Table::right}});
  std::vector<std::string> shown;
  for (int index = static_cast<int>(tape.records().size()); index-- > 0;) {
    const auto& [node, output] = tape.records()[index];
    if (!output.has_grad()) continue;
    add_lines(table, *node, shown);
    table.add({std::to_string(index + 1), std::string(node->op), node->path, output.shape().str(),
               fixed(norm(output.grad()), 4), parameter_gradient(*node), microseconds(node->backward_seconds)});
  }
  std::cout << "\nBACKWARD: the gradient that reaches each output, its Euclidean length,\nand that of the gradient of "
               "the op's parameters\n"
            << table.str();
}

ordered_json common(const Node<float>& node, int index, const char* phase) {
  return {{"index", index},
          {"phase", phase},
          {"op", node.op},
          {"path", node.path},
          {"file", node.site.file},
          {"line", node.site.line},
          {"code", source_line(node.site)}};
}

ordered_json steps_json(const Tape& tape) {
  ordered_json steps = ordered_json::array();
  const int count = static_cast<int>(tape.records().size());
  for (int i = 0; i < count; ++i) {
    const auto& [node, output] = tape.records()[i];
    ordered_json step = common(*node, static_cast<int>(steps.size()), "forward");
    step["inputs"] = ordered_json::array();
    for (const Variable& input : node->inputs) step["inputs"].push_back(input.shape().sizes());
    step["output"] = output.shape().sizes();
    step["parameters"] = parameter_count(*node);
    step["multiply_adds"] = node->multiply_adds;
    step["milliseconds"] = node->forward_seconds * 1e3;
    steps.push_back(step);
  }
  for (int i = count; i-- > 0;) {
    const auto& [node, output] = tape.records()[i];
    if (!output.has_grad()) continue;
    ordered_json step = common(*node, static_cast<int>(steps.size()), "backward");
    step["forward_index"] = i;
    step["gradient"] = output.shape().sizes();
    step["gradient_norm"] = norm(output.grad());
    step["parameter_gradient_norms"] = ordered_json::object();
    for (const Variable& input : node->inputs)
      if (!input.node() && input.has_grad()) step["parameter_gradient_norms"][input.name()] = norm(input.grad());
    step["milliseconds"] = node->backward_seconds * 1e3;
    steps.push_back(step);
  }
  return steps;
}

int show_steps(const StepOptions& options) {
  if (options.device.use())
    throw UsageError("step shows every number, so it computes on the processor: leave out --device");
  bool trained = false;
  const Network network = network_of(options, trained);
  const DataSplit data = load_data(options.data, *network.lesson);
  if (options.index >= data.test.size())
    throw UsageError(
        text("--index ", options.index, ": there are ", data.test.size(), " test images, 0 to ", data.test.size() - 1));
  const Recording run(network, data.test, options.index);
  if (options.json) {
    std::cout << ordered_json{{"lesson", network.name.lesson},
                              {"data", options.data.name},
                              {"index", options.index},
                              {"trained", trained},
                              {"label", run.label},
                              {"answer", run.answer},
                              {"probability", run.probability},
                              {"loss", run.loss},
                              {"steps", steps_json(run.tape)}}
                     .dump(2)
              << '\n';
    return 0;
  }
  std::cout << "Test image " << options.index << " of " << find_dataset(options.data.name).title << ", label "
            << run.label << ", through the " << (trained ? "trained" : "untrained") << " network of lesson "
            << network.name.lesson << ".\n\n";
  print_forward(run.tape);
  std::cout << "\nThe answer is " << run.answer << " (" << fixed(100 * run.probability, 1) << " %), the loss "
            << fixed(run.loss, 4) << ".\n";
  print_backward(run.tape);
  return 0;
}

}  // namespace

Command step_command() {
  return {
      .name = "step",
      .help = "runs one image, and shows each line of code that it went through",
      .examples =
          "Examples:\n"
          "  cnnlab step --index 3\n"
          "  cnnlab step --json | jq '.steps[] | .op, .output'",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<StepOptions>();
            options->network.add_to(list);
            list.whole("--index", options->index, 0, any_number, "which test image");
            add_weights_option(list, options->weights);
            options->data.add_to(list);
            options->device.add_to(list);
            list.flag("--json", options->json, "as JSON");
            return [=] { return show_steps(*options); };
          },
  };
}

}  // namespace cnnlab
