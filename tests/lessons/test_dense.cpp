#include <cmath>

#include <catch2/catch.hpp>

#include "lessons/06_dense/model.hpp"
#include "tests/lessons/facts.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::dense;
using namespace cnnlab::testing;

TEST_CASE("the numbers of the dense prose, worked out by hand") {
  auto fact = facts("dense");
  CHECK(fact.at("layers") == 6);
  CHECK(fact.at("connections") == 1 + 2 + 3 + 4 + 5 + 6);
  const std::vector<int64_t> reads{16, 24, 32, 40, 48, 56};
  for (size_t i = 0; i < reads.size(); ++i) {
    INFO("layer " << i + 1);
    CHECK(fact.at(text("reads", i + 1)) == static_cast<double>(reads[i]));
    CHECK(fact.at(text("gives", i + 1)) == static_cast<double>(reads[i] + 8));
    CHECK(fact.at(text("weights", i + 1)) == static_cast<double>(9 * 8 * reads[i]));
  }
  CHECK(fact.at("copied_channels") == 24 + 32 + 40 + 48 + 56 + 64);
  CHECK(fact.at("block1_channels") == 64);
  CHECK(fact.at("width2") == 32);
  CHECK(fact.at("block2_channels") == 80);
  CHECK(fact.at("width3") == 40);
  CHECK(fact.at("block3_channels") == 88);
  // Layers, each of a BatchNorm (two numbers a channel) and a 3×3 convolution; transitions; the ends.
  const auto block = [](int64_t in) {
    int64_t sum = 0;
    for (int64_t i = 0; i < 6; ++i) sum += (2 + 9 * 8) * (in + 8 * i);
    return sum;
  };
  CHECK(std::llround(fact.at("parameters22")) ==
        9 * 16 + block(16) + block(32) + block(40) + (2 * 64 + 64 * 32) + (2 * 80 + 80 * 40) + 2 * 88 + 88 * 10 + 10);
  CHECK(fact.at("mults22") == 784 * (9 * 16 + 72 * 216 + 64 * 32) + 196 * (72 * 312 + 80 * 40) + 49 * 72 * 360 + 880);
  CHECK(fact.at("bc_reads") == 24 + 15 * 12);
  CHECK(fact.at("bc_direct") == 204 * 12 * 9);
  CHECK(fact.at("bc_squeezed") == 204 * 48 + 48 * 12 * 9);
  CHECK(fact.at("cifar_dense40") == 1'019'722);
  CHECK(fact.at("cifar_bc100") == 769'162);
  CHECK(fact.at("cifar_residual20") == 269'722);
  CHECK(fact.at("cifar_residual56") == 853'018);
  CHECK(fact.at("plain56_times") == facts("residual").at("plain56_grown"));
}

TEST_CASE("the shapes that the dense homework asks for, worked out by hand") {
  auto fact = facts("dense");
  const auto is = [&](const std::string& part, int channels, int side) {
    CHECK(fact.at("homework_" + part + "_channels") == channels);
    CHECK(fact.at("homework_" + part + "_side") == side);
  };
  is("conv1", 16, 32);
  is("block1", 16 + 12 * 12, 32);
  is("trans1", 160, 16);
  is("block2", 160 + 12 * 12, 16);
  is("trans2", 304, 8);
  is("block3", 304 + 12 * 12, 8);
  is("block1_2_layer_norm", 16 + 2 * 12, 32);
  is("block1_2_layer_conv", 12, 32);
}

TEST_CASE("the steps that the dense prose leads to are those that it speaks of") {
  auto fact = facts("dense");
  const Batch batch = some_digits();
  const auto net = find_lesson("dense").make();
  const Tape tape;
  nll_loss((*net)(batch.images), batch.labels).backward();
  CHECK(name_of(node_of_step(tape, fact.at("step_cat"))) == "block1.0 cat");
  CHECK(name_of(node_of_step(tape, fact.at("step_meet"))) == "block1.0 cat");
  CHECK(fact.at("step_meet") == static_cast<double>(2 * tape.records().size() - 1) - fact.at("step_cat"));
  CHECK(name_of(node_of_step(tape, fact.at("step_transition"))) == "trans1.mix.conv conv2d");
  // What the first layer gives is read by two ops of the next.
  CHECK(readers_of(tape, node_of_step(tape, fact.at("step_cat"))) ==
        std::vector<std::string>{"block1.1.layer.norm batch_norm2d", "block1.1 cat"});
}

TEST_CASE("a dense layer reads all earlier outputs, joined, and hands them on untouched") {
  DenseNet net({.in = 1, .depth = 22, .growth_rate = 8});
  const Tape tape;
  net(some_digits().images);
  Tensor before;  // what the layer before handed on
  int64_t layers = 0;
  for (const auto& [node, output] : tape.records()) {
    if (node->path == "conv1") before = output.value();
    if (!node->path.starts_with("block1.")) continue;
    if (node->op == "batch_norm2d") CHECK(bit_difference(node->inputs[0].value(), before) == "");
    if (node->op != "cat") continue;
    const Tensor& joined = output.value();
    CHECK(joined.size(1) == 16 + 8 * ++layers);
    const int64_t plane = joined.size(2) * joined.size(3), image = joined.size(1) * plane, kept = image - 8 * plane;
    for (int64_t n = 0; n < joined.size(0); ++n) {
      CHECK(std::equal(joined.data().begin() + n * image, joined.data().begin() + n * image + kept,
                       before.data().begin() + n * kept));
    }
    before = joined;
  }
  CHECK(layers == 6);
}

TEST_CASE("around switched-off dense layers the gradient still reaches the first; a switched-off transition ends it") {
  const Batch batch = some_digits();
  const auto reaches_first = [&](const std::vector<std::string>& off) {
    DenseNet net({.in = 1, .depth = 16, .growth_rate = 4});
    for (const std::string& path : off) net.switch_off(path);
    nll_loss(net(batch.images), batch.labels).backward();
    const auto first = net.named_parameters().front();
    return first.second.has_grad() && any(first.second.grad());
  };
  CHECK(reaches_first({"block1.1.layer", "block2.0.layer", "block2.1.layer", "block3.3.layer"}));
  CHECK_FALSE(reaches_first({"trans1.mix"}));
}
