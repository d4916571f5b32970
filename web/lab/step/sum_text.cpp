#include "web/lab/step/sum_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "web/lab/step/strings.hpp"

namespace cnnlab {
namespace {

using Kind = Explanation::Kind;
using Term = Explanation::Term;

constexpr size_t most_products = 4, most_plain = 16;

// Four significant digits and a true minus.
std::string digits(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g", value);
  std::string words = buffer.data();
  for (size_t at = 0; (at = words.find('-', at)) != std::string::npos;) words.replace(at, 1, "−");
  return words;
}

std::string in_brackets(double value) { return value < 0 ? text("(", digits(value), ")") : digits(value); }

std::string term_text(const Term& term) {
  const std::string x = in_brackets(static_cast<double>(term.x));
  return term.w ? x + "·" + in_brackets(static_cast<double>(*term.w)) : x;
}

std::string join(const std::vector<std::string>& parts, const char* between) {
  std::string joined;
  for (const std::string& part : parts) joined.append(joined.empty() ? "" : between).append(part);
  return joined;
}

// All terms of a short sum; of a long one those that weigh most, and the rest in one.
std::string terms_text(const Explanation& e, Language language) {
  std::vector<size_t> order(e.terms.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const bool products = !e.terms.empty() && e.terms[0].w;
  const size_t most = products ? most_products : most_plain;
  const auto weight = [&](size_t i) { return std::abs(e.terms[i].product()); };
  if (order.size() > most)
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weight(a) > weight(b); });
  std::vector<std::string> parts;
  double rest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i < most) {
      parts.push_back(term_text(e.terms[order[i]]));
    } else {
      rest += e.terms[order[i]].product();
    }
  }
  const auto add = [&](double value, const std::string& what) {
    parts.push_back(text(in_brackets(value), " (", what, ")"));
  };
  if (order.size() > most)
    add(rest, text(strings::before_others.in(language), order.size() - most, strings::after_others.in(language)));
  if (e.bias) add(static_cast<double>(*e.bias), strings::bias_term.in(language));
  return join(parts, " + ");
}

std::string largest_text(const Explanation& e) {
  std::vector<std::string> parts;
  for (const Term& term : e.terms) parts.push_back(digits(static_cast<double>(term.x)));
  if (parts.size() > most_plain) parts.resize(most_plain), parts.emplace_back("…");
  return text("max(", join(parts, ", "), ")");
}

}  // namespace

std::string sum_text(const Trace& trace, const Explanation& e, Language language) {
  const std::string result = text(" = ", digits(static_cast<double>(e.value)));
  const auto x = e.terms.empty() ? 0.0 : static_cast<double>(e.terms[0].x);
  switch (e.kind) {
    case Kind::sum:
      return text(terms_text(e, language), result);
    case Kind::mean:
      return text("(", terms_text(e, language), ")/", e.divisor, result);
    case Kind::largest:
      return largest_text(e) + result;
    case Kind::positive:
      return text("max(", digits(x), ", 0)", result);
    case Kind::log_softmax:
      return text(in_brackets(x), " − log Σ exp = ", in_brackets(x), " − ", in_brackets(e.log_sum), result);
    case Kind::negative:
      return text("−", in_brackets(x), result);
    case Kind::copy:
      break;
  }
  const auto& [name, tensor] = trace.current()->in[e.terms[0].input];
  return text(name, position_text(tensor.shape(), e.terms[0].element), result);
}

}  // namespace cnnlab
