#pragma once
#include <utility>

#include "lib/nn/module.hpp"

namespace cnnlab {

/// Passes all on to a network, and keeps what it answered last.
struct Listening : nn::Module {
  explicit Listening(nn::Module& heard) : network(heard) {}
  Variable forward(Variable x) override {
    Variable answer = network(std::move(x));
    output = answer.value();
    return answer;
  }
  nn::Module& network;
  Tensor output;
};

}  // namespace cnnlab
