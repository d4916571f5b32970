#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "native/cli/format.hpp"
#include "native/cli/options.hpp"
#include "native/commands/commands.hpp"
#include "native/trace.hpp"

namespace cnnlab {
namespace {

using nlohmann::ordered_json;

struct SummaryOptions {
  NetworkChoice network;
  DataChoice data;
  bool json = false;
};

// "(N, 10, 24, 24)": one image ran, but any number may.
std::string any_batch(const Shape& shape) {
  std::string described = "(N";
  for (const int64_t size : shape.sizes().subspan(1)) described += text(", ", size);
  return described + ")";
}

Shape one_image(const Network& network) {
  const Shape& image = network.name.input;
  return {1, image[0], image[1], image[2]};
}

int64_t total_multiply_adds(const Tape& tape) {
  int64_t total = 0;
  for (const auto& record : tape.records()) total += record.node->multiply_adds;
  return total;
}

void print_table(const Network& network, const Tape& tape) {
  const int64_t parameters = network.module->parameter_count();
  const std::string options = describe_options(network.name.options);
  std::cout << "Lesson " << network.name.lesson << (options.empty() ? "" : " with " + options) << ", input "
            << any_batch(one_image(network)) << "\n\n";
  Table table({{"layer"}, {"op"}, {"output"}, {"parameters", Table::right}, {"multiply-adds", Table::right}});
  for (const auto& record : tape.records()) {
    const int64_t own = parameter_count(*record.node), cost = record.node->multiply_adds;
    table.add({record.node->path, std::string(record.node->op), any_batch(record.output.shape()),
               own ? grouped(own) : "", cost ? grouped(cost) : ""});
  }
  table.rule();
  table.add({"total", "", "", grouped(parameters), grouped(total_multiply_adds(tape))});
  std::cout << table.str() << "\nMultiply-adds are those of one image. The parameters take "
            << fixed(static_cast<double>(parameters) * sizeof(float) / 1024, 0) << " KiB.\n";
}

ordered_json describe(const Network& network, const Tape& tape) {
  ordered_json layers = ordered_json::array();
  for (const auto& record : tape.records())
    layers.push_back({{"path", record.node->path},
                      {"op", record.node->op},
                      {"file", record.node->site.file},
                      {"line", record.node->site.line},
                      {"output", record.output.shape().sizes()},
                      {"parameters", parameter_count(*record.node)},
                      {"multiply_adds", record.node->multiply_adds}});
  return {{"lesson", network.name.lesson},
          {"options", network.name.options},
          {"input", network.name.input.sizes()},
          {"layers", layers},
          {"parameters", network.module->parameter_count()},
          {"multiply_adds", total_multiply_adds(tape)}};
}

int summarize(const SummaryOptions& options) {
  NetworkName name = options.network.name();
  name.input = input_for(options.data, find_lesson(name.lesson));
  const Network network = make_network(name);
  network.module->eval();  // one image, all zeros: its own statistics are of no use
  Tape tape;
  (*network.module)(Tensor::zeros(one_image(network)));
  if (options.json) {
    std::cout << describe(network, tape).dump(2) << '\n';
  } else {
    print_table(network, tape);
  }
  return 0;
}

}  // namespace

Command summary_command() {
  return {
      .name = "summary",
      .help = "lists a network's layers, shapes, parameters and costs",
      .examples = "Example:\n  cnnlab summary --lesson inception",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<SummaryOptions>();
            options->network.add_to(list);
            options->data.add_name_to(list);
            list.flag("--json", options->json, "as JSON");
            return [=] { return summarize(*options); };
          },
  };
}

}  // namespace cnnlab
