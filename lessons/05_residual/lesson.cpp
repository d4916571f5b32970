#include "lessons/lesson.hpp"

#include "lessons/04_degradation/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "lessons/three_stages.hpp"

namespace cnnlab::residual {
namespace {

using namespace three_stages;
enum Shortcut : int64_t { none, zeros, projection };

std::shared_ptr<nn::Module> build(const LessonOptions& o, const Shape& image) {
  const int64_t depth = o.at("depth"), width = o.at("width"), shortcut = o.at("shortcut");
  if (shortcut == none) {
    return std::make_shared<degradation::PlainNet>(
        degradation::PlainNet::Options{.in = image[0], .depth = depth, .width = width});
  }
  return std::make_shared<ResNet>(
      ResNet::Options{.in = image[0], .depth = depth, .width = width, .projection = shortcut == projection});
}

}  // namespace

Lesson lesson() {
  return {
      .id = "residual",
      .folder = "lessons/05_residual",
      .title_en = "Residual connections",
      .title_ko = "잔차 연결",
      .input = {1, 28, 28},
      .options = {depth_option(),
                  width_option(),
                  {.name = "shortcut",
                   .initial = zeros,
                   .least = none,
                   .most = projection,
                   .help = "0: none, a plain net; 1: padded with zeros where channels grow; 2: a 1×1 convolution there",
                   .help_ko =
                       "0이면 지름길 없는 평범한 신경망, 1이면 채널이 늘 때 0을 덧붙이고, 2면 1×1 합성곱을 써요"}},
      .sources = {"lessons/05_residual/model.hpp", "lessons/04_degradation/model.hpp", "lessons/training.hpp"},
      .build = build,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "residual", .title_en = "ResNet-{}", .title_ko = "ResNet-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::residual
