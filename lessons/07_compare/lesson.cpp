#include "lessons/lesson.hpp"

#include "lessons/07_compare/model.hpp"

namespace cnnlab::compare {

Lesson lesson() {
  return {
      .id = "compare",
      .folder = "lessons/07_compare",
      .title_en = "Compare",
      .title_ko = "견주어 보기",
      .input = {1, 28, 28},
      .options = {{.name = "network",
                   .initial = residual_net,
                   .least = main_net,
                   .most = dense_net,
                   .help = "1: MainNet, 2: plain, 20 layers, 3: ResNet, 20 layers, 4: DenseNet, 25 layers",
                   .help_ko = "1은 MainNet, 2는 평범한 20층, 3은 ResNet 20층, 4는 DenseNet 25층이에요"}},
      .sources = {"lessons/07_compare/model.hpp", "lessons/02_inception/model.hpp", "lessons/04_degradation/model.hpp",
                  "lessons/05_residual/model.hpp", "lessons/06_dense/model.hpp", "lessons/training.hpp"},
      .build = [](const LessonOptions& o, const Shape&) { return make_network(o.at("network")); },
      .racing = {{.name = "fairmain",
                  .title_en = "MainNet (Inception)",
                  .title_ko = "MainNet(인셉션)",
                  .fixed = {{"network", main_net}}},
                 {.name = "fairplain",
                  .title_en = "Plain-20, width 10",
                  .title_ko = "Plain-20, 폭 10",
                  .fixed = {{"network", plain}}},
                 {.name = "fairresidual",
                  .title_en = "ResNet-20, width 10",
                  .title_ko = "ResNet-20, 폭 10",
                  .fixed = {{"network", residual_net}}},
                 {.name = "fairdense",
                  .title_en = "DenseNet-25, growth rate 8",
                  .title_ko = "DenseNet-25, 성장률 8",
                  .fixed = {{"network", dense_net}}}},
  };
}

}  // namespace cnnlab::compare
