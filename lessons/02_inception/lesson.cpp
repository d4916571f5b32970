#include "lessons/lesson.hpp"

#include "lessons/02_inception/model.hpp"

namespace cnnlab::inception {

Lesson lesson() {
  return {
      .id = "inception",
      .folder = "lessons/02_inception",
      .title_en = "Inception modules",
      .title_ko = "인셉션 모듈",
      .input = {1, 28, 28},
      .options = {},
      .sources = {"lessons/02_inception/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions&, const Shape&) { return std::make_shared<MainNet>(); },
      .racing = {{.name = "inception", .title_en = "MainNet", .title_ko = "MainNet"}},
  };
}

}  // namespace cnnlab::inception
