#pragma once
#include <cstdint>
#include <span>

namespace cnnlab {

/// NanumGothic (SIL Open Font License 1.1) with the characters of ASCII and of what the lab draws alone, as a TrueType
/// file: made at build time by web/fonts/subset.py.
std::span<const uint8_t> font_file();

}  // namespace cnnlab
