#include "lessons/lesson.hpp"

#include "lessons/04_degradation/model.hpp"
#include "lessons/three_stages.hpp"

namespace cnnlab::degradation {
namespace {

using namespace three_stages;

std::shared_ptr<nn::Module> build(const LessonOptions& o, const Shape& image) {
  return std::make_shared<PlainNet>(PlainNet::Options{
      .in = image[0], .depth = o.at("depth"), .width = o.at("width"), .batch_norm = o.at("batch_norm") != 0});
}

}  // namespace

Lesson lesson() {
  return {
      .id = "degradation",
      .folder = "lessons/04_degradation",
      .title_en = "Degradation",
      .title_ko = "퇴화",
      .input = {1, 28, 28},
      .options = {depth_option(),
                  width_option(),
                  {.name = "batch_norm",
                   .initial = 1,
                   .least = 0,
                   .most = 1,
                   .help = "1 normalises behind every convolution, 0 does not",
                   .help_ko = "1이면 합성곱마다 뒤에서 정규화하고, 0이면 하지 않아요"}},
      .sources = {"lessons/04_degradation/model.hpp", "lessons/training.hpp"},
      .build = build,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "plain", .title_en = "Plain-{}", .title_ko = "Plain-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::degradation
