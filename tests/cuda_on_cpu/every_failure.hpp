#pragma once
#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "lib/tensor/error.hpp"
#include "tests/cuda_on_cpu/card.hpp"

namespace cnnlab::testing {

/// Lets every call that `use` makes fail once: each failure must be one line, with one of these kinds of status
/// ("CUDA error|…"), and leave nothing behind. Returns how often which function was called when all went well.
/// `while_closing`: those that may fail without a word when a card is closed.
template <class Use>
std::map<std::string, int> let_every_call_fail(const std::string& kinds, const std::vector<std::string>& while_closing,
                                               const Use& use) {
  Card& card = Card::instance();
  card.let_fail(-1);
  use();
  const int64_t calls = card.calls();
  const std::map<std::string, int> functions = card.calls_by_function();
  CHECK(card.used() == 0);
  CHECK(card.handles == 0);

  const std::regex message("cuda: [^\\n]+ failed: [^\\n]+ \\((" + kinds + ") \\d+\\)");
  for (int64_t call = 0; call < calls; ++call) {
    card.let_fail(call);
    std::string said;
    try {
      use();
    } catch (const Error& error) {
      said = error.what();
    }
    const std::string& failed = card.failed();
    INFO("call " << call << ", " << failed << ": " << said);
    // What cannot be given back is lost without a word: the work is done, or another error is on its way.
    const bool gives_back = failed.find("Destroy") != std::string::npos || failed.starts_with("cudaFree");
    const bool closes = said.empty() && std::ranges::find(while_closing, failed) != while_closing.end();
    CHECK((std::regex_match(said, message) || gives_back || closes));
    card.let_fail(-1);
    if (!gives_back) CHECK(card.handles == 0);
    if (!gives_back) CHECK(card.used() == 0);
    card.take_back_lost();
  }
  return functions;
}

}  // namespace cnnlab::testing
