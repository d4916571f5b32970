#pragma once

namespace cnnlab {

enum class Language { english, korean };

/// A text of the lab in both languages.
struct Text {
  const char* english;
  const char* korean;
  const char* in(Language language) const { return language == Language::korean ? korean : english; }
};

namespace strings {

inline constexpr Text draw{"Draw", "그리기"};
inline constexpr Text draw_hint{"Draw a digit here", "여기에 숫자를 써 보세요"};
inline constexpr Text seen{"What the network sees", "신경망이 보는 그림"};
inline constexpr Text stage_drawn{"drawn", "그린 그대로"};
inline constexpr Text stage_cropped{"cut out", "잘라냄"};
inline constexpr Text stage_scaled{"scaled", "20픽셀로"};
inline constexpr Text stage_centered{"centred", "가운데로"};
inline constexpr Text off{"off", "꺼짐"};
inline constexpr Text probabilities{"Its answer", "신경망의 답"};
inline constexpr Text nothing_drawn{"Nothing is drawn yet", "아직 그린 것이 없습니다"};
inline constexpr Text no_network{"No network is loaded yet", "아직 신경망이 없습니다"};
inline constexpr Text curve{"Training", "학습"};
inline constexpr Text loss{"loss", "손실"};
inline constexpr Text accuracy{"test accuracy", "테스트 정확도"};
inline constexpr Text steps{"batches", "배치"};
inline constexpr Text step{"batch", "배치"};
inline constexpr Text logarithmic{"log scale", "로그 눈금"};
inline constexpr Text not_trained{"The curve appears when you train", "학습을 시작하면 곡선이 나타납니다"};
inline constexpr Text trace{"Step by step", "한 단계씩"};
inline constexpr Text no_trace{"Step through the code to see each result here",
                               "코드를 한 줄씩 따라가면 결과가 여기에 보입니다"};
inline constexpr Text forward{"forward", "순전파"};
inline constexpr Text backward{"backward", "역전파"};
inline constexpr Text at{"at", "위치"};
inline constexpr Text row{"row", "행"};
inline constexpr Text column{"column", "열"};

}  // namespace strings

}  // namespace cnnlab
