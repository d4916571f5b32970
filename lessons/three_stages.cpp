#include "lessons/three_stages.hpp"

namespace cnnlab::three_stages {

LessonOption depth_option() {
  return {.name = "depth",
          .initial = initial_depth,
          .least = 8,
          .most = 56,
          .help = "layers with weights, from the first convolution to the last linear layer",
          .help_ko = "가중치가 있는 층의 수. 첫 합성곱부터 마지막 선형층까지 세요",
          .step = 6};
}

LessonOption width_option() {
  return {.name = "width",
          .initial = initial_width,
          .least = 4,
          .most = 16,
          .help = "channels in the first stage; the second has twice as many, the third four times",
          .help_ko = "첫 단계의 채널 수. 둘째 단계는 두 배, 셋째 단계는 네 배예요",
          .step = 4};
}

}  // namespace cnnlab::three_stages
