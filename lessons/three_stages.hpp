#pragma once
#include "lessons/lesson.hpp"

// What the lessons share whose nets have the form of He et al. (CVPR 2016, section 4.2): 6n + 2 layers in three stages.
namespace cnnlab::three_stages {

inline constexpr int64_t initial_depth = 20, initial_width = 8;
inline constexpr int64_t depths[] = {8, 20, 32, 56};

/// Norms of the gradient of the first and of the last convolution of Plain-56 (width 8) at its very first batch, of
/// `cnnlab train --lesson degradation --set depth=56 --lr 0.1 --momentum 0.9 --steps 1 --log-norms 1 --log FILE`.
inline constexpr struct { double first, last; } plain56_gradients{.first = 424.892553, .last = 0.224229};

LessonOption depth_option();
LessonOption width_option();

/// What a net of each depth costs on one digit: "parameters20" and "mults20" (multiply-adds); `make` builds one.
void cost_facts(FactList& facts, const std::function<std::shared_ptr<nn::Module>(int64_t depth)>& make);

}  // namespace cnnlab::three_stages
