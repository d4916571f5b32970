#include <catch2/catch.hpp>

#include "lib/train/checkpoint.hpp"
#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

const NetworkName name{.lesson = "tiny", .options = {{"depth", 3}}};

}  // namespace

TEST_CASE("a weights file holds the parameters under PyTorch's names, and whose they are") {
  const auto net = tiny_net();
  const StateFile file = weights_file(*net, name, {{"command", "./lab train"}});
  REQUIRE(file.tensors.size() == 4);
  CHECK(file.tensors[0].first == "conv.weight");
  CHECK(file.metadata == std::map<std::string, std::string>{
                             {"lesson", "tiny"}, {"options", "{\"depth\":3}"}, {"command", "./lab train"}});
  const auto other = tiny_net(2);
  load_weights(*other, parse_safetensors(write_safetensors(file), "f"), name, "f");
  CHECK(bit_difference(other->fc.weight.value(), net->fc.weight.value()) == "");
  net->fc.weight.value().fill(0);  // the file has its own copy
  CHECK(file.tensors[2].second.data()[0] != 0);
}

TEST_CASE("running statistics are saved with the weights, and the batches counted as a whole number") {
  const TinyData data;
  const auto net = tiny_norm_net();
  Trainer trainer(net, train_step, tiny_settings(), data.train, data.test);
  for (int i = 0; i < 3; ++i) trainer.advance();
  const StateFile file = parse_safetensors(write_safetensors(weights_file(*net, name)), "f");
  CHECK(file.whole == std::set<std::string>{"bn.num_batches_tracked"});
  const auto other = tiny_norm_net(2);
  load_weights(*other, file, name, "f");
  CHECK(other->bn.num_batches_tracked.item() == 3);
  CHECK(bit_difference(other->bn.running_var, net->bn.running_var) == "");
  CHECK(evaluate(*other, data.test).loss == evaluate(*net, data.test).loss);
}

TEST_CASE("a file without a network's name, as PyTorch writes it, is taken by its tensors") {
  StateFile file = weights_file(*tiny_net(), name);
  file.metadata.clear();
  CHECK_NOTHROW(load_weights(*tiny_net(2), file, name, "f"));
}

TEST_CASE("weights of another network are refused by name") {
  const auto net = tiny_net();
  const StateFile file = weights_file(*net, name);
  CHECK_THROWS_WITH(load_weights(*net, file, {.lesson = "tiny", .options = {{"depth", 4}}}, "w.safetensors"),
                    "w.safetensors: it holds weights of tiny depth=3, not of tiny depth=4");
  StateFile damaged = file;
  damaged.tensors.pop_back();
  CHECK_THROWS_WITH(load_weights(*net, damaged, name, "w.safetensors"),
                    "w.safetensors: weights: \"fc.bias\" (10,) is missing");
  damaged = file;
  damaged.metadata["options"] = "{";
  CHECK_THROWS_WITH(load_weights(*net, damaged, name, "w.safetensors"), Catch::StartsWith("w.safetensors: "));
}

TEST_CASE("a checkpoint also serves as a weights file") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(), data.train, data.test);
  trainer.advance();
  const StateFile file = checkpoint(trainer, name);
  CHECK(file.tensors.size() == 8);
  CHECK(file.tensors[4].first == "momentum/conv.weight");
  const auto net = tiny_net(2);
  load_weights(*net, file, name, "c");
  CHECK(bit_difference(net->conv.weight.value(), trainer.model().parameters()[0].value()) == "");
}

TEST_CASE("a checkpoint tells all settings of its run") {
  const TinyData data;
  TrainSettings s{.sgd = {.lr = 0.03, .momentum = 0.7, .dampening = 0.1, .weight_decay = 0.02},
                  .schedule = Schedule::step,
                  .loader = {.batch_size = 7, .shuffle = false, .seed = ~uint64_t{0}, .window = 20},
                  .epochs = 4,
                  .max_steps = 9,
                  .log_every = 3,
                  .norms_every = 5};
  s.loader.augment = AugmentOptions{.shift = 1.5, .rotation = 0.25};
  Trainer trainer(tiny_net(), train_step, s, data.train, data.test);
  const CheckpointInfo info =
      read_checkpoint(parse_safetensors(write_safetensors(checkpoint(trainer, name)), "c"), "c");
  CHECK(info.name.lesson == "tiny");
  CHECK(info.name.options == name.options);
  CHECK(info.settings.sgd.lr == 0.03);
  CHECK(info.settings.sgd.momentum == 0.7);
  CHECK(info.settings.sgd.dampening == 0.1);
  CHECK(info.settings.sgd.weight_decay == 0.02);
  CHECK(info.settings.schedule == Schedule::step);
  CHECK(info.settings.loader.batch_size == 7);
  CHECK_FALSE(info.settings.loader.shuffle);
  CHECK(info.settings.loader.seed == ~uint64_t{0});
  CHECK(info.settings.loader.window == 20);
  CHECK(info.settings.epochs == 4);
  CHECK(info.settings.max_steps == 9);
  CHECK(info.settings.log_every == 3);
  CHECK(info.settings.norms_every == 5);
  REQUIRE(info.settings.loader.augment);
  CHECK(info.settings.loader.augment->shift == 1.5);
  CHECK(info.settings.loader.augment->rotation == 0.25);
}

TEST_CASE("a checkpoint tells how photographs are varied, and for which images its network was built") {
  const TinyData data;
  TrainSettings s = tiny_settings();
  s.loader.crop = CropOptions{.padding = 3, .flip = false};
  Trainer trainer(tiny_net(), train_step, s, data.train, data.test);
  NetworkName for_digits = name, for_photographs = name;
  for_digits.input = {1, 28, 28};
  for_photographs.input = {3, 32, 32};
  const StateFile file = parse_safetensors(write_safetensors(checkpoint(trainer, for_digits)), "c");
  const CheckpointInfo info = read_checkpoint(file, "c");
  REQUIRE(info.settings.loader.crop);
  CHECK(info.settings.loader.crop->padding == 3);
  CHECK_FALSE(info.settings.loader.crop->flip);
  CHECK_FALSE(info.settings.loader.augment);
  CHECK(info.name.input == Shape{1, 28, 28});
  CHECK_NOTHROW(load_weights(*tiny_net(), file, name, "c"));
  CHECK_THROWS_WITH(load_weights(*tiny_net(), file, for_photographs, "c"),
                    "c: it holds weights of tiny depth=3 for 28x28 images with 1 channel, not of tiny depth=3 for "
                    "32x32 images with 3 channels");
}

TEST_CASE("files that are no checkpoints, or damaged ones, are told by name") {
  const TinyData data;
  Trainer trainer(tiny_net(), train_step, tiny_settings(), data.train, data.test);
  CHECK_THROWS_WITH(
      read_checkpoint(weights_file(*tiny_net(), name), "w.safetensors"),
      "w.safetensors: this is a weights file, not a checkpoint: it does not say where a run stood (load it "
      "with --init instead)");
  StateFile file = checkpoint(trainer, name);
  file.metadata["settings"] = "{\"lr\":true}";
  CHECK_THROWS_WITH(read_checkpoint(file, "c"), Catch::StartsWith("c: the checkpoint's description cannot be read ("));

  file = checkpoint(trainer, name);
  const std::string fine = file.metadata["progress"];
  file.metadata["progress"] = std::string(fine).replace(fine.find("\"batch\":0"), 9, "\"batch\":4");
  CHECK_THROWS_WITH(resume_from(trainer, file, "c"),
                    "c: resume: there is no place after 4 batches with 0 images in epoch 1: an epoch has 40 images");

  trainer.advance();
  file = checkpoint(trainer, name);
  file.tensors[7].second = Tensor::zeros({3});
  CHECK_THROWS_WITH(resume_from(trainer, file, "c"), "c: SGD: momentum buffer 3 has shape (3,), its parameter (10,)");
}
