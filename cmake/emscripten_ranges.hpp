#pragma once
// The algorithms of std::ranges (C++20, [algorithms]) that this tree uses, for a standard library that has the concepts
// but not yet the algorithms: libc++ 13, which comes with Emscripten 3.1.6. Included in front of every file of a
// WebAssembly build (cmake/options.cmake), so that nothing else knows about it. Whole ranges and projections only.
#include <algorithm>
#include <functional>
#include <iterator>
#include <version>

#ifndef __cpp_lib_ranges
namespace std::ranges {

template <class Range, class Predicate, class Projection = identity>
constexpr auto find_if(Range&& range, Predicate predicate, Projection projection = {}) {
  return std::find_if(std::begin(range), std::end(range),
                      [&](auto&& value) { return bool(std::invoke(predicate, std::invoke(projection, value))); });
}

template <class Range, class Value, class Projection = identity>
constexpr auto find(Range&& range, const Value& wanted, Projection projection = {}) {
  return ranges::find_if(
      range, [&](const auto& value) { return value == wanted; }, projection);
}

template <class Range, class Predicate, class Projection = identity>
constexpr bool any_of(Range&& range, Predicate predicate, Projection projection = {}) {
  return ranges::find_if(range, predicate, projection) != std::end(range);
}

template <class Range, class Predicate, class Projection = identity>
constexpr bool all_of(Range&& range, Predicate predicate, Projection projection = {}) {
  return !ranges::any_of(
      range, [&](auto&& value) { return !std::invoke(predicate, value); }, projection);
}

template <class Range, class Predicate, class Projection = identity>
constexpr bool none_of(Range&& range, Predicate predicate, Projection projection = {}) {
  return !ranges::any_of(range, predicate, projection);
}

template <class Range, class Predicate, class Projection = identity>
constexpr auto count_if(Range&& range, Predicate predicate, Projection projection = {}) {
  return std::count_if(std::begin(range), std::end(range),
                       [&](auto&& value) { return bool(std::invoke(predicate, std::invoke(projection, value))); });
}

template <class Range, class Value, class Projection = identity>
constexpr auto count(Range&& range, const Value& wanted, Projection projection = {}) {
  return ranges::count_if(
      range, [&](const auto& value) { return value == wanted; }, projection);
}

template <class Range, class Output>
constexpr void copy(Range&& range, Output out) {
  std::copy(std::begin(range), std::end(range), out);
}

template <class Range, class Value>
constexpr void fill(Range&& range, const Value& value) {
  std::fill(std::begin(range), std::end(range), value);
}

template <class Range, class Old, class New>
constexpr void replace(Range&& range, const Old& old_value, const New& new_value) {
  std::replace(std::begin(range), std::end(range), old_value, new_value);
}

template <class Range>
constexpr void reverse(Range&& range) {
  std::reverse(std::begin(range), std::end(range));
}

template <class Range, class Output, class Function>
constexpr void transform(Range&& range, Output out, Function function) {
  std::transform(std::begin(range), std::end(range), out, function);
}

template <class First, class Second>
constexpr bool equal(First&& first, Second&& second) {
  return std::equal(std::begin(first), std::end(first), std::begin(second), std::end(second));
}

template <class Range, class Compare = less, class Projection = identity>
constexpr void sort(Range&& range, Compare compare = {}, Projection projection = {}) {
  std::sort(std::begin(range), std::end(range), [&](const auto& a, const auto& b) {
    return std::invoke(compare, std::invoke(projection, a), std::invoke(projection, b));
  });
}

template <class Range, class Compare = less, class Projection = identity>
constexpr auto max_element(Range&& range, Compare compare = {}, Projection projection = {}) {
  return std::max_element(std::begin(range), std::end(range), [&](const auto& a, const auto& b) {
    return std::invoke(compare, std::invoke(projection, a), std::invoke(projection, b));
  });
}

template <class Range, class Compare = less, class Projection = identity>
constexpr auto min_element(Range&& range, Compare compare = {}, Projection projection = {}) {
  return std::min_element(std::begin(range), std::end(range), [&](const auto& a, const auto& b) {
    return std::invoke(compare, std::invoke(projection, a), std::invoke(projection, b));
  });
}

template <class Range>
constexpr auto max(Range&& range) {
  return *std::max_element(std::begin(range), std::end(range));
}

template <class Range>
constexpr auto min(Range&& range) {
  return *std::min_element(std::begin(range), std::end(range));
}

}  // namespace std::ranges
#endif
