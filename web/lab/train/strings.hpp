#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text loss{"Loss", "손실"};
inline constexpr Text accuracy{"Accuracy", "정확도"};
inline constexpr Text batches{"batches", "배치"};
inline constexpr Text batch{"batch", "배치"};
inline constexpr Text training{"training", "학습"};
inline constexpr Text test{"test", "테스트"};
inline constexpr Text recorded{"recorded", "기록"};
inline constexpr Text not_trained{"The curve appears when you train", "학습을 시작하면 곡선이 나타나요"};
inline constexpr Text gradient_norms{"Gradients, layer by layer", "층마다 기울기 크기"};
inline constexpr Text weight_norms{"Weights, layer by layer", "층마다 가중치 크기"};
inline constexpr Text no_norms{"Appears with the first batch", "첫 배치를 학습하면 나타나요"};
inline constexpr Text first_layer{"first layer", "첫 층"};
inline constexpr Text last_layer{"last layer", "마지막 층"};
inline constexpr Text confusion{"What was read as what", "무엇을 무엇으로 읽었나"};
inline constexpr Text no_confusion{"Appears after a test", "테스트를 하면 나타나요"};
inline constexpr Text was{"is", "실제"};
inline constexpr Text read_as{"read as", "읽은 값"};
inline constexpr Text history{"Weights at this moment", "이때의 가중치"};
inline constexpr Text its_reading{"its reading", "읽은 결과"};
inline constexpr Text no_digit{"nothing drawn", "그린 것이 없어요"};
// Names of runs may say how a setting changed: "lr 0.01 → 0.1".

}  // namespace cnnlab::strings
