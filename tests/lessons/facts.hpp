#pragma once
#include <algorithm>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "lessons/facts.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/data/loader.hpp"
#include "tests/support/golden.hpp"

namespace cnnlab::testing {

/// The numbers that a lesson's prose mentions, by name.
inline std::map<std::string, double> facts(const std::string& lesson) {
  std::map<std::string, double> found;
  for (const Fact& fact : facts_of(find_lesson(lesson))) found[fact.name] = fact.value;
  return found;
}

inline Batch some_digits() {
  static const Dataset data = digits();
  return Loader(data, {.batch_size = 4, .shuffle = false}).batch(0, 0);
}

/// Whether any number is not zero.
inline bool any(const Tensor& tensor) {
  return std::ranges::any_of(tensor.data(), [](float value) { return value != 0; });
}

/// What ran at a step of a training step's record, as the lab steps through it: every op forward, the loss last, then
/// back.
inline const Node<float>& node_of_step(const Tape& tape, double step) {
  const auto& records = tape.records();
  const auto at = static_cast<size_t>(step);
  REQUIRE(at < 2 * records.size());
  return *records[at < records.size() ? at : 2 * records.size() - 1 - at].node;
}

/// "layer1.0 add"
inline std::string name_of(const Node<float>& node) { return node.path + " " + std::string(node.op); }

/// The ops that read what `node` gives.
inline std::vector<std::string> readers_of(const Tape& tape, const Node<float>& read) {
  std::vector<std::string> readers;
  for (const auto& [node, output] : tape.records()) {
    for (const Variable& input : node->inputs)
      if (input.node().get() == &read) readers.push_back(name_of(*node));
  }
  return readers;
}

}  // namespace cnnlab::testing
