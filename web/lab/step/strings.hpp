#pragma once
#include "web/lab/strings.hpp"

namespace cnnlab::strings {

inline constexpr Text goes_in{"Goes in", "들어가는 값"};
inline constexpr Text trace{"Comes out", "나오는 값"};
inline constexpr Text one_number{"One number", "값 하나"};
inline constexpr Text no_trace{"Step through the code to see each result here",
                               "코드를 한 줄씩 따라가면 결과가 여기에 보여요"};
inline constexpr Text forward{"forward", "순전파"};
inline constexpr Text backward{"backward", "역전파"};
inline constexpr Text update{"update", "갱신"};
inline constexpr Text looked_at{"what it looked at", "본 값"};
inline constexpr Text times_kernel{"times the filter", "필터를 곱하면"};
inline constexpr Text gives_products{"makes", "이렇게 돼요"};
inline constexpr Text before_others{"", "나머지 "};  // between them how many other terms there are
inline constexpr Text after_others{" others", "개"};
inline constexpr Text bias_term{"bias", "편향"};

}  // namespace cnnlab::strings
