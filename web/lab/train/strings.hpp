#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text curve{"Training", "학습"};
inline constexpr Text loss{"loss", "손실"};
inline constexpr Text accuracy{"test accuracy", "테스트 정확도"};
inline constexpr Text steps{"batches", "배치"};
inline constexpr Text step{"batch", "배치"};
inline constexpr Text logarithmic{"log scale", "로그 눈금"};
inline constexpr Text not_trained{"The curve appears when you train", "학습을 시작하면 곡선이 나타납니다"};

}  // namespace cnnlab::strings
