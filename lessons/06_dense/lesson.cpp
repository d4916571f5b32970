#include "lessons/lesson.hpp"

#include "lessons/06_dense/model.hpp"

namespace cnnlab::dense {
namespace {

std::shared_ptr<nn::Module> build(const LessonOptions& o, const Shape& image) {
  return std::make_shared<DenseNet>(DenseNet::Options{.in = image[0],
                                                      .depth = o.at("depth"),
                                                      .growth_rate = o.at("growth_rate"),
                                                      .bottleneck = o.at("bottleneck") != 0,
                                                      .compression = o.at("compression")});
}

}  // namespace

Lesson lesson() {
  return {
      .id = "dense",
      .folder = "lessons/06_dense",
      .title_en = "Dense blocks",
      .title_ko = "밀집 블록",
      .input = {1, 28, 28},
      .options = {{.name = "depth",
                   .initial = 22,
                   .least = 10,
                   .most = 100,
                   .help = "layers with weights, from the first convolution to the last linear layer",
                   .help_ko = "가중치가 있는 층의 수. 첫 합성곱부터 마지막 선형층까지 세요",
                   .step = 6},
                  {.name = "growth_rate",
                   .initial = 8,
                   .least = 4,
                   .most = 24,
                   .help = "channels that each layer adds",
                   .help_ko = "층마다 더하는 채널 수(성장률)",
                   .step = 4},
                  {.name = "bottleneck",
                   .initial = 0,
                   .least = 0,
                   .most = 1,
                   .help = "1 puts a 1×1 convolution in front of every 3×3 one, 0 does not",
                   .help_ko = "1이면 3×3 합성곱마다 앞에 1×1 합성곱을 두고, 0이면 두지 않아요"},
                  {.name = "compression",
                   .initial = 50,
                   .least = 30,
                   .most = 100,
                   .help = "percent of the channels that a transition keeps",
                   .help_ko = "전이층이 남기는 채널의 비율(%)",
                   .step = 10}},
      .sources = {"lessons/06_dense/model.hpp", "lessons/training.hpp"},
      .build = build,
      .other_inputs = {{3, 32, 32}},
      .racing = {{.name = "dense", .title_en = "DenseNet-{}", .title_ko = "DenseNet-{}", .option = "depth"}},
  };
}

}  // namespace cnnlab::dense
