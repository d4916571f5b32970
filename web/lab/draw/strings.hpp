#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text draw{"Draw", "그리기"};
inline constexpr Text draw_hint{"Draw a digit here", "여기에 숫자를 써 보세요"};
inline constexpr Text seen{"What the network sees", "신경망이 보는 그림"};
inline constexpr Text stage_drawn{"drawn", "그린 그대로"};
inline constexpr Text stage_cropped{"cut out", "잘라냄"};
inline constexpr Text stage_scaled{"scaled", "20픽셀로"};
inline constexpr Text stage_centered{"centred", "가운데로"};
inline constexpr Text probabilities{"Its answer", "신경망의 답"};
inline constexpr Text nothing_drawn{"Nothing is drawn yet", "아직 그린 것이 없어요"};
inline constexpr Text no_network{"No network is loaded yet", "아직 신경망이 없어요"};
inline constexpr Text row{"row", "행"};
inline constexpr Text column{"column", "열"};

}  // namespace cnnlab::strings
