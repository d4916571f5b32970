#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text trace{"Step by step", "한 단계씩"};
inline constexpr Text no_trace{"Step through the code to see each result here",
                               "코드를 한 줄씩 따라가면 결과가 여기에 보입니다"};
inline constexpr Text forward{"forward", "순전파"};
inline constexpr Text backward{"backward", "역전파"};
inline constexpr Text at{"at", "위치"};

}  // namespace cnnlab::strings
