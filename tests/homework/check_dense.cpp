#include <algorithm>

#include <answers/dense_right.hpp>

#include "tests/homework/homework.hpp"

namespace cnnlab::homework {
namespace {

constexpr int64_t in = 16, growth = 12, count = 3;
const Shape maps{2, in, 8, 8};
constexpr const char* layer_name = "DenseLayer(16, 12)";
constexpr const char* block_name = "DenseBlock(3, 16, 12)";
constexpr const char* transition_name = "Transition(40, 20)";

std::string joined(const std::vector<std::string>& ops) {
  std::string list;
  for (const std::string& op : ops) list += list.empty() ? op : text(", ", op);
  return list;
}

// A layer and a transition normalise before they convolve: the ops have to be these, in this order.
void check_order(const Run& run, const std::vector<std::string>& expected) {
  std::vector<std::string> ops;
  for (const Tape::Record& record : run.records) ops.emplace_back(record.node->op);
  for (const std::string& op : expected) {
    check(std::ranges::find(ops, op) != ops.end(), run.who, ": ", op == "batch_norm2d" ? "BatchNorm" : op,
          " is missing: it runs ", joined(ops), ", expected ", joined(expected), " ", at(run.records.back()));
  }
  check(ops == expected, run.who, " runs ", joined(ops), ", expected ", joined(expected), " ", at(run.records.front()));
}

// "input has 24 channels" (conv2d), "each of the 24 channels" (batch_norm2d): how many there were; −1: neither.
int64_t channels_in(const std::string& error) {
  for (const std::string before : {"input has ", "each of the "}) {
    if (const size_t found = error.find(before); found != std::string::npos)
      return std::strtoll(error.c_str() + found + before.size(), nullptr, 10);
  }
  return -1;
}

// What layer i of the block reads: the block's input, and `growth` channels of each layer before it.
void check_layer_input(const nn::Module& block, const Run& run, int64_t i) {
  const std::string name = text("layer", i);
  const int64_t expected = in + (i - 1) * growth;
  const std::string sum = i == 1 ? text(in) : text(in, " + ", i - 1, "·", growth, " = ", expected);
  int64_t channels = -1;
  CallSite site;
  const auto first = std::ranges::find_if(run.records, [&](const auto& r) { return inside(r.node->path, name); });
  const bool failed = run.failed && inside(run.failed->path, name);
  if (first != run.records.end() && first->node->inputs[0].shape().rank() == 4) {
    channels = first->node->inputs[0].size(1);
    site = call_of(first->node->frames, name);
  } else if (failed) {
    channels = channels_in(run.error);
    site = call_of(run.failed->frames, name);
  }
  check(channels < 0 || channels == expected, "dense block: layer ", i, " gets ", channels, " channels, expected ", sum,
        ": is its input the concatenation of all earlier outputs? (", at(site), ")");
  if (failed) fail(failure(run, text("layer ", i, " reads ", sum, " channels: DenseLayer(", expected, ", …)")));
  if (channels >= 0) return;
  if (!run.error.empty())
    fail(failure(run, run.failed && run.failed->op == "cat" ? "channels are axis 1 of (N, C, H, W): cat({…}, 1)" : ""));
  const auto parameters = block.named_parameters();
  const bool declared = std::ranges::any_of(parameters, [&](const auto& p) { return inside(p.first, name); });
  check(declared, block_name, " has no part \"", name, "\": add(\"", name, "\", DenseLayer(", expected, ", 12))");
  fail(text(block_name, ": ", name, " is declared but never runs: call it in forward"));
}

Run run_block(const Dense& answer, bool silent = false) {
  const Net block = make(block_name, [&] { return answer.block(count, in, growth); });
  if (silent)
    for (Variable& parameter : block->parameters()) parameter.value().fill(0);
  return run(block_name, *block, normal(maps));
}

bool check_layer(Checks& checks, const Dense& answer) {
  const auto made = [&] { return make(layer_name, [&] { return answer.layer(in, growth); }); };
  return checks.chain({
      {"DenseLayer(16, 12) makes (2, 12, 8, 8) of (2, 16, 8, 8)",
       [&] {
         const Run layer = run(layer_name, *made(), normal(maps));
         check_computed(layer, "begin with relu(norm(x))");
         const Shape& shape = layer.y.shape();
         check(shape.rank() != 4 || shape[1] != in + growth, layer_name, " gives ", in + growth,
               " channels, expected its own 12 alone: it is the block that joins ", at(layer.records.back()));
         check(shape == Shape{2, growth, 8, 8}, layer_name, " makes ", shape, " of ", maps,
               ", expected (2, 12, 8, 8): 3×3 convolutions keep height and width with .padding = 1");
       }},
      {"DenseLayer: BatchNorm, ReLU, convolution, in this order",
       [&] {
         check_order(run(layer_name, *made(), normal(maps)), {"batch_norm2d", "relu", "conv2d"});
       }},
      {"DenseLayer gives the reference's numbers with the reference's weights",
       [&] {
         dense_right::DenseLayer reference(in, growth);
         check_same_answers(layer_name, *made(), reference, maps);
       }},
  });
}

// The sum of all outputs hears each number of the input once, whatever the layers do.
void check_short_way(const Dense& answer) {
  const Tensor dx = input_gradient(run_block(answer, true));
  const auto lost = std::ranges::find_if(dx.data(), [](float d) { return d != 1; });
  check(lost == dx.data().end(), block_name, ": with all weights of its layers 0 the gradient at its input is ",
        lost == dx.data().end() ? 1 : *lost, ", expected 1: concatenation has to bring the input to the end unchanged");
}

bool check_block(Checks& checks, const Dense& answer) {
  const auto made = [&] { return make(block_name, [&] { return answer.block(count, in, growth); }); };
  return checks.chain({
      {"dense block: its layers get 16, 16 + 1·12 = 28 and 16 + 2·12 = 40 channels",
       [&] {
         const Net block = made();
         const Run forward = run(block_name, *block, normal(maps));
         if (forward.error.empty()) check_computed(forward, "call layer after layer, and join what they give by cat");
         for (int64_t i = 1; i <= count; ++i) check_layer_input(*block, forward, i);
       }},
      {"dense block: concatenation 3 has 16 + 3·12 = 52 channels",
       [&] {
         const Run forward = run_block(answer);
         check_computed(forward, "channels are axis 1 of (N, C, H, W): cat({…}, 1)");
         check(forward.y.shape() == maps.with(1, in + count * growth), block_name, " gives ", forward.y.shape(),
               ", expected (2, 16 + 3·12 = 52, 8, 8): its input and what all three layers made, joined along axis 1 ",
               at(forward.records.back()));
       }},
      {"dense block: with its layers' weights 0 the gradient gets from its end to its input unchanged",
       [&] { check_short_way(answer); }},
      {"dense block gives the reference's numbers with the reference's weights",
       [&] {
         dense_right::DenseBlock reference(count, in, growth);
         check_same_answers(block_name, *made(), reference, maps);
       }},
  });
}

bool check_transition(Checks& checks, const Dense& answer) {
  const Shape wide{2, 40, 8, 8};
  const auto made = [&] { return make(transition_name, [&] { return answer.transition(40, 20); }); };
  return checks.chain({
      {"Transition(40, 20) makes (2, 20, 4, 4) of (2, 40, 8, 8)",
       [&, wide] {
         const Run forward = run(transition_name, *made(), normal(wide));
         check_computed(forward, "normalise, apply ReLU, convolve 1×1, then halve the maps by avg_pool2d");
         check(forward.y.shape() == Shape{2, 20, 4, 4}, transition_name, " makes ", forward.y.shape(), " of ", wide,
               ", expected (2, 20, 4, 4): the 1×1 convolution gives 20 channels, avg_pool2d(…, {.kernel = 2}) halves "
               "height and width ",
               at(forward.records.back()));
       }},
      {"Transition: BatchNorm, ReLU, convolution, average pool, in this order",
       [&, wide] {
         check_order(run(transition_name, *made(), normal(wide)), {"batch_norm2d", "relu", "conv2d", "avg_pool2d"});
       }},
      {"Transition gives the reference's numbers with the reference's weights",
       [&, wide] {
         dense_right::Transition reference(40, 20);
         check_same_answers(transition_name, *made(), reference, wide);
       }},
  });
}

std::vector<Stage> stages() {
  const std::string grows = "its twelve layers add 12·12 = 144 channels to what comes in, and keep height and width";
  const std::string halves = "a transition keeps the channels here and halves height and width";
  const std::string reads = "its first number after the count is how many channels come in";
  return {
      {"conv1", {2, 16, 32, 32}, "a 3×3 convolution to 16 channels, with .padding = 1", "an image has three channels"},
      {"block1", {2, 160, 32, 32}, grows, reads},
      {"trans1", {2, 160, 16, 16}, halves, "block1 gives 160 channels: Transition(160, 160)"},
      {"block2", {2, 304, 16, 16}, grows, reads},
      {"trans2", {2, 304, 8, 8}, halves, "block2 gives 304 channels: Transition(304, 304)"},
      {"block3", {2, 448, 8, 8}, grows, reads},
      {"norm", {2, 448, 8, 8}, "BatchNorm changes no shape", "block3 gives 448 channels: BatchNorm2d(448)"},
      {"fc", {2, 10}, "there are ten classes", "global_avg_pool2d leaves one number of each of the 448 channels"}};
}

}  // namespace

void check_dense(Checks& checks, const Dense& answer) {
  const Shape images{2, 3, 32, 32};
  const bool layer = check_layer(checks, answer);
  const bool block = layer && check_block(checks, answer);
  const bool transition = check_transition(checks, answer);
  if (!block || !transition) return;
  checks.chain({
      {"DenseNet: every stage has its shape, from (2, 16, 32, 32) to (2, 10)",
       [&] {
         const Net net = make("DenseNet", answer.net);
         check_stages(*net, run("DenseNet", *net, normal(images)), stages());
       }},
      {"DenseNet has 1,019,722 parameters",
       [&] { pair("DenseNet", *make("DenseNet", answer.net), dense_right::DenseNet()); }},
      {"DenseNet gives the reference's numbers with the reference's weights",
       [&] {
         const Net net = make("DenseNet", answer.net);
         dense_right::DenseNet reference;
         check_same_answers("DenseNet", *net, reference, images);
       }},
  });
}

}  // namespace cnnlab::homework
