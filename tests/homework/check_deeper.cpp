#include <algorithm>

#include <answers/deeper_right.hpp>

#include "tests/homework/homework.hpp"

namespace cnnlab::homework {
namespace {

constexpr const char* who = "DeeperNet";

std::vector<Stage> stages() {
  const std::string first = "a 5×5 filter without padding makes 28 - 4 = 24 pixels of 28";
  const std::string pooled = "after the pool the maps are 12×12, and a 5×5 filter without padding leaves 12 - 4 = 8";
  const std::string kept = "a 5×5 filter keeps the maps at 4×4 with .padding = 2, and no pool comes after it";
  const std::string joined = "what comes out of an Inception module has 16 + 24 + 24 + 24 = 88 channels, so .in = 88";
  const std::string reads = "what comes out of the convolution before it has 20 channels: InceptionModule(20)";
  const std::string entered = "an Inception module keeps height and width; what enters it should be 4×4";
  return {
      {"conv1", {2, 10, 24, 24}, first, "an image has one channel, so .in = 1"},
      {"incept1", {2, 88, 12, 12}, "the pool after conv1 halves 24×24", "conv1 gives 10 channels: InceptionModule(10)"},
      {"conv2", {2, 20, 8, 8}, pooled, joined},
      {"incept2", {2, 88, 4, 4}, "the pool after conv2 halves 8×8", reads},
      {"conv3", {2, 20, 4, 4}, kept, joined},
      {"incept3", {2, 88, 4, 4}, entered, reads},
      {"conv4", {2, 20, 4, 4}, kept, joined},
      {"incept4", {2, 88, 4, 4}, entered, reads},
      {"fc", {2, 10}, "there are ten digits", "flatten makes 88·4·4 = 1408 features, so .in = 1408"}};
}

}  // namespace

void check_deeper(Checks& checks, const Deeper& answer) {
  const Shape images{2, 1, 28, 28};
  checks.chain({
      {"DeeperNet: every stage has its shape, from (2, 10, 24, 24) to (2, 10)",
       [&] {
         const Net net = make(who, answer.net);
         check_stages(*net, run(who, *net, normal(images)), stages());
       }},
      {"DeeperNet has 224,986 parameters", [&] { pair(who, *make(who, answer.net), deeper_right::DeeperNet()); }},
      {"DeeperNet: the gradient reaches the first layer through all four modules",
       [&] {
         const Net net = make(who, answer.net);
         const Run forward = run(who, *net, normal(images));
         const Tensor dx = input_gradient(forward);
         check(std::ranges::any_of(dx.data(), [](float d) { return d != 0; }), who,
               ": the gradient is 0 when it arrives at the image: does every stage read the one before it?");
       }},
      {"DeeperNet gives the reference's numbers with the reference's weights",
       [&] {
         const Net net = make(who, answer.net);
         deeper_right::DeeperNet reference;
         check_same_answers(who, *net, reference, images);
       }},
  });
}

}  // namespace cnnlab::homework
