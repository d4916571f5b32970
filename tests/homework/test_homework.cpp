#include <answers/deeper_in_channels.hpp>
#include <answers/deeper_linear.hpp>
#include <answers/deeper_module_channels.hpp>
#include <answers/deeper_no_log_softmax.hpp>
#include <answers/deeper_no_padding.hpp>
#include <answers/deeper_no_relu.hpp>
#include <answers/deeper_right.hpp>
#include <answers/deeper_small_padding.hpp>
#include <answers/deeper_third_pool.hpp>
#include <answers/deeper_three_modules.hpp>
#include <answers/deeper_uncalled_module.hpp>
#include <answers/dense_axis_0.hpp>
#include <answers/dense_axis_2.hpp>
#include <answers/dense_convolution_first.hpp>
#include <answers/dense_eleven_layers.hpp>
#include <answers/dense_last_only.hpp>
#include <answers/dense_last_only_and_fitting.hpp>
#include <answers/dense_last_two.hpp>
#include <answers/dense_layer_joins.hpp>
#include <answers/dense_layer_without_padding.hpp>
#include <answers/dense_maximum_pool.hpp>
#include <answers/dense_narrow_layers.hpp>
#include <answers/dense_no_batch_norm.hpp>
#include <answers/dense_no_last_norm.hpp>
#include <answers/dense_no_pool.hpp>
#include <answers/dense_right.hpp>
#include <answers/dense_transition_channels.hpp>
#include <answers/dense_wrong_way_round.hpp>
#include <answers/residual_adds_only_where_equal.hpp>
#include <answers/residual_adds_the_wrong_value.hpp>
#include <answers/residual_bias.hpp>
#include <answers/residual_block_channels.hpp>
#include <answers/residual_no_batch_norm.hpp>
#include <answers/residual_no_halving.hpp>
#include <answers/residual_no_padding.hpp>
#include <answers/residual_no_projection.hpp>
#include <answers/residual_no_relu.hpp>
#include <answers/residual_no_relu_between.hpp>
#include <answers/residual_no_relu_first.hpp>
#include <answers/residual_no_shortcut.hpp>
#include <answers/residual_one_batch_norm.hpp>
#include <answers/residual_projection.hpp>
#include <answers/residual_relu_before.hpp>
#include <answers/residual_right.hpp>
#include <answers/residual_shortcut_without_stride.hpp>
#include <answers/residual_two_blocks.hpp>
#include <catch2/catch.hpp>

#include "tests/homework/homework.hpp"

using namespace cnnlab;
using namespace cnnlab::homework;

namespace {

class Told : public Checks {
 public:
  std::string faults;  // a line each

 private:
  void begins(const std::string&) override {}
  void ends(const std::string&, const std::string& fault) override {
    if (!fault.empty()) faults += faults.empty() ? fault : text("\n", fault);
  }
};

std::string faults(const Deeper& answer) {
  Told told;
  check_deeper(told, answer);
  return told.faults;
}

std::string faults(const Residual& answer) {
  Told told;
  check_residual(told, answer);
  return told.faults;
}

std::string faults(const Dense& answer) {
  Told told;
  check_dense(told, answer);
  return told.faults;
}

// Answers by their names in answers.cmake.
#define DEEPER(name) Deeper::of<deeper_##name::DeeperNet>()
#define RESIDUAL(name) Residual::of<residual_##name::BasicBlock, residual_##name::ResNet>()
#define DENSE(name) \
  Dense::of<dense_##name::DenseLayer, dense_##name::DenseBlock, dense_##name::Transition, dense_##name::DenseNet>()

}  // namespace

TEST_CASE("homework deeper: a right answer passes, and each mistake gets a sentence of its own") {
  CHECK(faults(DEEPER(right)) == "");
  CHECK(faults(DEEPER(no_padding)) ==
        "DeeperNet: conv3 cannot run (lessons/homework/deeper.hpp:23): conv2d: the 5x5 kernel does "
        "not fit the input with padding 0: input (2, 88, 4, 4), weight (20, 88, 5, 5): a 5×5 filter "
        "keeps the maps at 4×4 with .padding = 2, and no pool comes after it");
  CHECK(faults(DEEPER(small_padding)) ==
        "DeeperNet: conv3 gives (2, 20, 2, 2), expected (2, 20, 4, 4): a 5×5 filter keeps the maps "
        "at 4×4 with .padding = 2, and no pool comes after it (lessons/homework/deeper.hpp:23)");
  CHECK(faults(DEEPER(third_pool)) ==
        "DeeperNet: incept3 gives (2, 88, 2, 2), expected (2, 88, 4, 4): an Inception module keeps "
        "height and width; what enters it should be 4×4 (lessons/homework/deeper.hpp:23)");
  CHECK(faults(DEEPER(in_channels)) ==
        "DeeperNet: conv3 cannot run (lessons/homework/deeper.hpp:23): conv2d: input has 88 channels "
        "but the weight expects 20: input (2, 88, 4, 4), weight (20, 20, 5, 5): what comes out of an "
        "Inception module has 16 + 24 + 24 + 24 = 88 channels, so .in = 88");
  CHECK(faults(DEEPER(module_channels)) ==
        "DeeperNet: incept3.branch1x1 cannot run (lessons/homework/deeper.hpp:23): conv2d: input has "
        "20 channels but the weight expects 88: input (2, 20, 4, 4), weight (16, 88, 1, 1): what "
        "comes out of the convolution before it has 20 channels: InceptionModule(20)");
  CHECK(faults(DEEPER(linear)) ==
        "DeeperNet: fc cannot run (lessons/homework/deeper.hpp:25): linear: input has 1408 features "
        "(88 channels of 4x4, flattened from (2, 88, 4, 4)) but the weight expects 22528: input (2, "
        "1408), weight (10, 22528): flatten makes 88·4·4 = 1408 features, so .in = 1408");
  CHECK(faults(DEEPER(uncalled_module)) == "DeeperNet: incept4 is declared but never runs: call it in forward");
  CHECK(faults(DEEPER(three_modules)) ==
        "DeeperNet has no part \"conv4\": declare it by add(\"conv4\", …), and let it give (2, 20, "
        "4, 4)");
  CHECK(faults(DEEPER(no_relu)) ==
        "DeeperNet gives other numbers than the reference with the same weights: as step 26 it runs "
        "conv2d (lessons/homework/deeper.hpp:23), the reference relu");
  CHECK(faults(DEEPER(no_log_softmax)) ==
        "DeeperNet: the 10 answers are no logarithms of probabilities, their exponentials do not add "
        "up to 1: forward has to end with log_softmax");
}

TEST_CASE("homework residual: right answers pass, and each mistake gets a sentence of its own") {
  CHECK(faults(RESIDUAL(right)) == "");
  CHECK(faults(RESIDUAL(projection)) == "");
  CHECK(faults(RESIDUAL(no_relu)) ==
        "BasicBlock(16, 16, 1): the ReLU after the addition (lessons/homework/residual.hpp:28) is "
        "missing: 1080 of 2048 numbers that come out are negative");
  CHECK(faults(RESIDUAL(relu_before)) ==
        "BasicBlock(16, 16, 1): the ReLU (lessons/homework/residual.hpp:28) comes before the "
        "addition (lessons/homework/residual.hpp:28), so that the layers can only add and never take "
        "away: it belongs after it");
  CHECK(faults(RESIDUAL(no_shortcut)) ==
        "BasicBlock(16, 16, 1) adds nothing: its input has to go round the layers and be added to "
        "what they give");
  CHECK(faults(RESIDUAL(no_projection)) ==
        "BasicBlock(16, 32, 2): add cannot run (lessons/homework/residual.hpp:28): add: the shapes "
        "must be equal: (2, 32, 4, 4) and (2, 16, 8, 8): what goes round the layers needs their "
        "channels and their stride too, by zero_pad_shortcut or by a 1×1 convolution and BatchNorm");
  CHECK(faults(RESIDUAL(shortcut_without_stride)) ==
        "BasicBlock(16, 32, 2): add cannot run (lessons/homework/residual.hpp:28): add: the shapes "
        "must be equal: (2, 32, 4, 4) and (2, 32, 8, 8): what goes round the layers needs their "
        "channels and their stride too, by zero_pad_shortcut or by a 1×1 convolution and BatchNorm");
  CHECK(faults(RESIDUAL(adds_only_where_equal)) ==
        "BasicBlock(16, 32, 2) adds nothing: its input has to go round the layers there too, by "
        "zero_pad_shortcut or by a 1×1 convolution and BatchNorm");
  CHECK(faults(RESIDUAL(adds_the_wrong_value)) ==
        "BasicBlock(16, 16, 1) adds (lessons/homework/residual.hpp:27), but not its input x as it "
        "came: keep x until then");
  CHECK(faults(RESIDUAL(no_batch_norm)) ==
        "BasicBlock(16, 16, 1): BatchNorm is missing after conv1 (lessons/homework/residual.hpp:24): "
        "each of the two layers is a convolution and a BatchNorm");
  CHECK(faults(RESIDUAL(one_batch_norm)) ==
        "BasicBlock(16, 16, 1): BatchNorm is missing after conv2 (lessons/homework/residual.hpp:27): "
        "each of the two layers is a convolution and a BatchNorm");
  CHECK(faults(RESIDUAL(bias)) ==
        "BasicBlock(16, 16, 1) has 4,704 parameters, expected 4,672: conv1.bias (16,) is too much: "
        "no convolution here has a bias (.bias = false)");
  CHECK(faults(RESIDUAL(no_padding)) ==
        "BasicBlock(16, 16, 1): add cannot run (lessons/homework/residual.hpp:28): add: the shapes "
        "must be equal: (2, 16, 4, 4) and (2, 16, 8, 8): 3×3 convolutions keep height and width with "
        ".padding = 1");
  CHECK(faults(RESIDUAL(no_relu_between)) ==
        "BasicBlock(16, 16, 1) gives other numbers than the reference with the same weights: as step "
        "3 it runs conv2d (lessons/homework/residual.hpp:27), the reference relu");
  CHECK(faults(RESIDUAL(no_halving)) ==
        "ResNet: layer3 gives (2, 64, 16, 16), expected (2, 64, 8, 8): its first block has stride 2 "
        "and doubles the channels, the other two keep both (lessons/homework/residual.hpp:43)");
  CHECK(faults(RESIDUAL(block_channels)) ==
        "ResNet: layer2.1.conv1 cannot run (lessons/homework/residual.hpp:26): conv2d: input has 32 "
        "channels but the weight expects 16: input (2, 32, 16, 16), weight (32, 16, 3, 3): a block's "
        "first number is what the one before it gives out");
  CHECK(faults(RESIDUAL(two_blocks)) ==
        "ResNet has 172,506 parameters, expected 269,722: layer1.2.conv1.weight (16, 16, 3, 3) is "
        "missing");
  CHECK(faults(RESIDUAL(no_relu_first)) ==
        "ResNet gives other numbers than the reference with the same weights: as step 3 it runs "
        "conv2d (lessons/homework/residual.hpp:26), the reference relu");
}

TEST_CASE("homework dense: a right answer passes, and each mistake gets a sentence of its own") {
  CHECK(faults(DENSE(right)) == "");
  CHECK(faults(DENSE(axis_0)) ==
        "DenseBlock(3, 16, 12): cat cannot run (lessons/homework/dense.hpp:29): cat: all sizes but "
        "that of axis 0 must be equal: part 0 is (2, 16, 8, 8), part 1 is (2, 12, 8, 8): channels "
        "are axis 1 of (N, C, H, W): cat({…}, 1)");
  CHECK(faults(DENSE(axis_2)) ==
        "DenseBlock(3, 16, 12): cat cannot run (lessons/homework/dense.hpp:29): cat: all sizes but "
        "that of axis 2 must be equal: part 0 is (2, 16, 8, 8), part 1 is (2, 12, 8, 8): channels "
        "are axis 1 of (N, C, H, W): cat({…}, 1)");
  CHECK(faults(DENSE(last_only)) ==
        "dense block: layer 2 gets 12 channels, expected 16 + 1·12 = 28: is its input the "
        "concatenation of all earlier outputs? (lessons/homework/dense.hpp:28)");
  CHECK(faults(DENSE(last_only_and_fitting)) ==
        "dense block: layer 2 gets 12 channels, expected 16 + 1·12 = 28: is its input the "
        "concatenation of all earlier outputs? (lessons/homework/dense.hpp:28)");
  CHECK(faults(DENSE(last_two)) ==
        "dense block: layer 3 gets 24 channels, expected 16 + 2·12 = 40: is its input the "
        "concatenation of all earlier outputs? (lessons/homework/dense.hpp:29)");
  CHECK(faults(DENSE(narrow_layers)) ==
        "DenseBlock(3, 16, 12): layer2.norm cannot run (lessons/homework/dense.hpp:16): "
        "batch_norm2d: weight must have one value for each of the 28 channels: weight (16,), input "
        "(2, 28, 8, 8): layer 2 reads 16 + 1·12 = 28 channels: DenseLayer(28, …)");
  CHECK(faults(DENSE(wrong_way_round)) ==
        "DenseBlock(3, 16, 12) gives other numbers than the reference with the same weights: they "
        "part at step 4, cat (lessons/homework/dense.hpp:29)");
  CHECK(faults(DENSE(no_batch_norm)) ==
        "DenseLayer(16, 12): BatchNorm is missing: it runs relu, conv2d, expected batch_norm2d, "
        "relu, conv2d (lessons/homework/dense.hpp:15)");
  CHECK(faults(DENSE(convolution_first)) ==
        "DenseLayer(16, 12) runs conv2d, relu, batch_norm2d, expected batch_norm2d, relu, conv2d "
        "(lessons/homework/dense.hpp:16)");
  CHECK(faults(DENSE(layer_joins)) ==
        "DenseLayer(16, 12) gives 28 channels, expected its own 12 alone: it is the block that joins "
        "(lessons/homework/dense.hpp:16)");
  CHECK(faults(DENSE(layer_without_padding)) ==
        "DenseLayer(16, 12) makes (2, 12, 6, 6) of (2, 16, 8, 8), expected (2, 12, 8, 8): 3×3 "
        "convolutions keep height and width with .padding = 1");
  CHECK(faults(DENSE(no_pool)) ==
        "Transition(40, 20) makes (2, 20, 8, 8) of (2, 40, 8, 8), expected (2, 20, 4, 4): the 1×1 "
        "convolution gives 20 channels, avg_pool2d(…, {.kernel = 2}) halves height and width "
        "(lessons/homework/dense.hpp:42)");
  CHECK(faults(DENSE(maximum_pool)) ==
        "Transition(40, 20): avg_pool2d is missing: it runs batch_norm2d, relu, conv2d, max_pool2d, "
        "expected batch_norm2d, relu, conv2d, avg_pool2d (lessons/homework/dense.hpp:42)");
  CHECK(faults(DENSE(transition_channels)) ==
        "DenseNet: trans2.norm cannot run (lessons/homework/dense.hpp:42): batch_norm2d: weight must "
        "have one value for each of the 304 channels: weight (160,), input (2, 304, 16, 16): block2 "
        "gives 304 channels: Transition(304, 304)");
  CHECK(faults(DENSE(eleven_layers)) ==
        "DenseNet: block3 gives (2, 436, 8, 8), expected (2, 448, 8, 8): its twelve layers add 12·12 "
        "= 144 channels to what comes in, and keep height and width (lessons/homework/dense.hpp:58)");
  CHECK(faults(DENSE(no_last_norm)) == "DenseNet: norm is declared but never runs: call it in forward");
}
