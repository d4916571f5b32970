#include <algorithm>

#include <answers/residual_projection.hpp>
#include <answers/residual_right.hpp>

#include "tests/homework/homework.hpp"

namespace cnnlab::homework {
namespace {

const Shape maps{2, 16, 8, 8};
constexpr const char* same = "BasicBlock(16, 16, 1)";
constexpr const char* smaller = "BasicBlock(16, 32, 2)";

bool is(const Tape::Record& record, std::string_view op) { return record.node->op == op; }

// Option B has 1×1 convolutions.
bool projects(const nn::Module& module) {
  return std::ranges::any_of(module.parameters(), [](const Variable& parameter) {
    const Shape& shape = parameter.shape();
    return shape.rank() == 4 && shape[2] == 1;
  });
}

Net reference_block(const nn::Module& own, int64_t in, int64_t out, int64_t stride) {
  if (projects(own)) return std::make_shared<residual_projection::BasicBlock>(in, out, stride);
  return std::make_shared<residual_right::BasicBlock>(in, out, stride);
}

Net reference_net(const nn::Module& own) {
  if (projects(own)) return std::make_shared<residual_projection::ResNet>();
  return std::make_shared<residual_right::ResNet>();
}

// Sets to 0 all that the layers learn, of a block or of all blocks; shortcuts stay.
void silence(const std::string& who, const nn::Module& own, const nn::Module& reference, const std::string& prefix) {
  for (auto& [name, parameter, wanted] : pair(who, own, reference))
    if (name.starts_with(prefix) && name.find("shortcut") == std::string::npos) parameter.value().fill(0);
}

void check_shape(const Run& run, const Shape& shape, const std::string& first, const std::string& hint) {
  check_computed(run, run.error.empty() ? first : hint);
  check(run.y.shape() == shape, run.who, " makes ", run.y.shape(), " of ", run.x.shape(), ", expected ", shape, ": ",
        hint);
}

void check_batch_norm(const Run& run) {
  int64_t convolutions = 0;
  for (const Tape::Record& record : run.records) {
    if (!is(record, "conv2d")) continue;
    ++convolutions;
    const bool normalised = std::ranges::any_of(run.records, [&](const Tape::Record& other) {
      return is(other, "batch_norm2d") && other.node->inputs[0] == record.output;
    });
    check(normalised, run.who, ": BatchNorm is missing after ", record.node->path, " ", at(record),
          ": each of the two layers is a convolution and a BatchNorm");
  }
  check(convolutions == 2, run.who, " runs ", convolutions, convolutions == 1 ? " convolution" : " convolutions",
        ", expected 2");
}

// The addition of the block; null when there is none.
const Tape::Record* addition(const Run& run) {
  const auto found = std::ranges::find_if(run.records, [](const auto& record) { return is(record, "add"); });
  return found == run.records.end() ? nullptr : &*found;
}

void check_adds_input(const Run& run) {
  const Tape::Record* sum = addition(run);
  check(sum, run.who, " adds nothing: its input has to go round the layers and be added to what they give");
  check(std::ranges::find(sum->node->inputs, run.x) != sum->node->inputs.end(), run.who, " adds ", at(*sum),
        ", but not its input x as it came: keep x until then");
}

void check_relu_last(const Run& run) {
  const Tape::Record* sum = addition(run);
  for (const Variable& part : sum->node->inputs) {
    const Tape::Record* before = maker_of(run, part);
    check(!before || !is(*before, "relu"), run.who, ": the ReLU ", before ? at(*before) : "",
          " comes before the addition ", at(*sum),
          ", so that the layers can only add and never take away: it belongs after it");
  }
  const auto negative = std::ranges::count_if(run.y.value().data(), [](float y) { return y < 0; });
  check(negative == 0, run.who, ": the ReLU after the addition ", at(*sum), " is missing: ", negative, " of ",
        run.y.value().numel(), " numbers that come out are negative");
}

// With its layers silent the block is relu(x), and the gradient of each number is 1 where x is above 0.
void check_short_way(const Residual& answer) {
  const Net block = make(same, [&] { return answer.block(16, 16, 1); });
  silence(same, *block, *reference_block(*block, 16, 16, 1), "");
  const Run silent = run(same, *block, normal(maps));
  const Tensor dx = input_gradient(silent);
  for (int64_t i = 0; i < dx.numel(); ++i) {
    const float x = silent.x.value().data()[i], y = silent.y.value().data()[i];
    check(y == std::max(x, 0.0f), same, ": with all weights of its layers 0 it gives ", y, " for ", x, ", expected ",
          std::max(x, 0.0f), ": the block has to be relu(layers(x) + x)");
    check(dx.data()[i] == (x > 0 ? 1.0f : 0.0f), same,
          ": with all weights of its layers 0 the gradient at its input is ", dx.data()[i],
          ", expected 1 wherever x is above 0: it has to get through the shortcut unchanged");
  }
}

void check_block_like_reference(const Residual& answer, const char* who, int64_t in, int64_t out, int64_t stride) {
  const Net block = make(who, [&] { return answer.block(in, out, stride); });
  check_same_answers(who, *block, *reference_block(*block, in, out, stride), maps);
}

std::vector<Stage> stages() {
  const std::string padded = "3×3 convolutions keep height and width with .padding = 1";
  const std::string halved = "its first block has stride 2 and doubles the channels, the other two keep both";
  const std::string joins = "a block's first number is what the one before it gives out";
  return {{"conv1", {2, 16, 32, 32}, padded, "an image has three channels, so .in = 3"},
          {"layer1", {2, 16, 32, 32}, "its three blocks keep height, width and channels", joins},
          {"layer2", {2, 32, 16, 16}, halved, joins},
          {"layer3", {2, 64, 8, 8}, halved, joins},
          {"fc", {2, 10}, "there are ten classes", "global_avg_pool2d leaves one number of each of the 64 channels"}};
}

// The whole net's first convolution hears the loss when all blocks are silent.
void check_net_short_way(const Residual& answer) {
  const Net net = make("ResNet", answer.net), reference = reference_net(*net);
  silence("ResNet", *net, *reference, "layer");
  const Run silent = run("ResNet", *net, normal({2, 3, 32, 32}));
  const Tensor dx = input_gradient(silent);
  check(std::ranges::any_of(dx.data(), [](float d) { return d != 0; }),
        "ResNet: with the weights of all blocks 0 no gradient reaches the first layer: it has to get through the "
        "shortcuts of all nine blocks");
}

bool check_block(Checks& checks, const Residual& answer) {
  const auto run_block = [&](const char* who, int64_t in, int64_t out, int64_t stride) {
    const Net block = make(who, [&] { return answer.block(in, out, stride); });
    return run(who, *block, normal(maps));
  };
  return checks.chain({
      {"BasicBlock(16, 16, 1) keeps the shape (2, 16, 8, 8)",
       [&] {
         check_shape(run_block(same, 16, 16, 1), maps, "begin with relu(bn1(conv1(x)))",
                     "3×3 convolutions keep height and width with .padding = 1");
       }},
      {"BasicBlock: a BatchNorm follows each of the two convolutions",
       [&] { check_batch_norm(run_block(same, 16, 16, 1)); }},
      {"BasicBlock adds its input to what its layers give", [&] { check_adds_input(run_block(same, 16, 16, 1)); }},
      {"BasicBlock applies ReLU after the addition", [&] { check_relu_last(run_block(same, 16, 16, 1)); }},
      {"BasicBlock(16, 32, 2) makes (2, 32, 4, 4) of (2, 16, 8, 8), and still adds",
       [&] {
         const Run strided = run_block(smaller, 16, 32, 2);
         check_shape(strided, {2, 32, 4, 4}, "",
                     "what goes round the layers needs their channels and their stride too, by zero_pad_shortcut or by "
                     "a 1×1 convolution and BatchNorm");
         check(addition(strided), smaller,
               " adds nothing: its input has to go round the layers there too, by zero_pad_shortcut or by a 1×1 "
               "convolution and BatchNorm");
       }},
      {"BasicBlock: with its layers' weights 0 it is relu(x), and the gradient gets through the shortcut unchanged",
       [&] { check_short_way(answer); }},
      {"BasicBlock gives the reference's numbers with the reference's weights",
       [&] {
         check_block_like_reference(answer, same, 16, 16, 1);
         check_block_like_reference(answer, smaller, 16, 32, 2);
       }},
  });
}

}  // namespace

void check_residual(Checks& checks, const Residual& answer) {
  const Shape images{2, 3, 32, 32};
  if (!check_block(checks, answer)) return;
  checks.chain({
      {"ResNet: every stage has its shape, from (2, 16, 32, 32) to (2, 10)",
       [&] {
         const Net net = make("ResNet", answer.net);
         check_stages(*net, run("ResNet", *net, normal(images)), stages());
       }},
      {"ResNet has 269,722 parameters (272,474 with 1×1 convolutions in its shortcuts)",
       [&] {
         const Net net = make("ResNet", answer.net);
         pair("ResNet", *net, *reference_net(*net));
       }},
      {"ResNet: with its blocks' weights 0 the gradient still reaches the first layer",
       [&] { check_net_short_way(answer); }},
      {"ResNet gives the reference's numbers with the reference's weights",
       [&] {
         const Net net = make("ResNet", answer.net);
         check_same_answers("ResNet", *net, *reference_net(*net), images);
       }},
  });
}

}  // namespace cnnlab::homework
