#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text network{"The network", "신경망"};
inline constexpr Text image{"image", "이미지"};
inline constexpr Text no_run{"Nothing has run yet", "아직 실행한 것이 없어요"};
inline constexpr Text maps{"What came out", "나온 값"};
inline constexpr Text filters{"Weights", "가중치"};
inline constexpr Text no_filters{"This part has no weights of its own", "이 부분에는 자기 가중치가 없어요"};
inline constexpr Text histogram{"How often each value", "값의 분포"};
inline constexpr Text pixels{"What the pixels did for the answer", "픽셀이 답에 미친 영향"};
inline constexpr Text no_choice{"Choose a block", "블록을 고르면 보여요"};
inline constexpr Text parameters{"parameters", "파라미터"};
inline constexpr Text multiply_adds{"multiply-adds", "곱셈·덧셈"};
inline constexpr Text parts{" parts", "개 부분"};
inline constexpr Text channel{"channel", "채널"};
inline constexpr Text row{"row", "행"};
inline constexpr Text column{"column", "열"};
inline constexpr Text filter{"filter", "필터"};
inline constexpr Text value{"value", "값"};
inline constexpr Text values{"values", "개"};
inline constexpr Text pixel_value{"pixel", "픽셀"};
inline constexpr Text changed_off{"off", "꺼짐"};
inline constexpr Text changed_fresh{"untrained", "학습 전"};
inline constexpr Text changed_pass{"passes on", "그대로 통과"};

}  // namespace cnnlab::strings
