#include "lessons/lesson.hpp"

#include "lessons/01_one_by_one/model.hpp"

namespace cnnlab::one_by_one {
namespace {

constexpr int64_t initial_width = 8, widest = 32;

std::shared_ptr<nn::Module> build(bool bottleneck, int64_t width) {
  if (bottleneck) return std::make_shared<BottleneckNet>(width);
  return std::make_shared<DirectNet>();
}

}  // namespace

Lesson lesson() {
  return {
      .id = "one_by_one",
      .folder = "lessons/01_one_by_one",
      .title_en = "1×1 convolutions",
      .title_ko = "1×1 합성곱",
      .input = {1, 28, 28},
      .options = {{.name = "bottleneck",
                   .initial = 1,
                   .least = 0,
                   .most = 1,
                   .help = "1 puts a 1×1 convolution before the 5×5, 0 leaves it out",
                   .help_ko = "1이면 5×5 앞에 1×1 합성곱을 두고, 0이면 두지 않아요"},
                  {.name = "width",
                   .initial = initial_width,
                   .least = 1,
                   .most = widest,
                   .help = "channels that the 1×1 convolution leaves",
                   .help_ko = "1×1 합성곱이 남기는 채널 수"}},
      .sources = {"lessons/01_one_by_one/model.hpp", "lessons/01_one_by_one/cost.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return build(o.at("bottleneck") != 0, o.at("width")); },
      .racing = {{.name = "direct", .title_en = "5×5 alone", .title_ko = "5×5만", .fixed = {{"bottleneck", 0}}},
                 {.name = "bottleneck",
                  .title_en = "1×1, then 5×5",
                  .title_ko = "1×1 다음 5×5",
                  .fixed = {{"bottleneck", 1}}}},
  };
}

}  // namespace cnnlab::one_by_one
