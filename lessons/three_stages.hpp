#pragma once
#include "lessons/lesson.hpp"

// What the lessons share whose nets have the form of He et al. (CVPR 2016, section 4.2): 6n + 2 layers in three stages.
namespace cnnlab::three_stages {

inline constexpr int64_t initial_depth = 20, initial_width = 8;
inline constexpr int64_t depths[] = {8, 20, 32, 56};

LessonOption depth_option();
LessonOption width_option();

}  // namespace cnnlab::three_stages
