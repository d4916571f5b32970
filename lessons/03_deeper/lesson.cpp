#include "lessons/lesson.hpp"

#include "lessons/03_deeper/model.hpp"

namespace cnnlab::deeper {

Lesson lesson() {
  return {
      .id = "deeper",
      .folder = "lessons/03_deeper",
      .title_en = "Deeper",
      .title_ko = "더 깊게",
      .input = {1, 28, 28},
      .options = {{.name = "modules",
                   .initial = 3,
                   .least = 2,
                   .most = 8,
                   .help = "Inception modules, each behind a convolution",
                   .help_ko = "인셉션 모듈의 수. 모듈마다 앞에 합성곱이 하나씩 있어요"}},
      .sources = {"lessons/03_deeper/model.hpp", "lessons/02_inception/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return std::make_shared<DeeperNet>(o.at("modules")); },
      .racing = {{.name = "deeper",
                  .title_en = "MainNet, {} modules",
                  .title_ko = "MainNet, 모듈 {}개",
                  .option = "modules"}},
  };
}

}  // namespace cnnlab::deeper
