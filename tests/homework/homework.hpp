#pragma once
#include "tests/homework/checks.hpp"

// What a learner's file of each homework defines, and its check. A type is handed over as a function that makes it, so
// that the same check takes the learner's file and all answers that the tests keep.
namespace cnnlab::homework {

struct Deeper {
  std::function<Net()> net;

  template <class DeeperNet>
  static Deeper of() {
    return {[] { return std::make_shared<DeeperNet>(); }};
  }
};
void check_deeper(Checks& checks, const Deeper& answer);

struct Residual {
  std::function<Net(int64_t in, int64_t out, int64_t stride)> block;
  std::function<Net()> net;

  template <class BasicBlock, class ResNet>
  static Residual of() {
    return {[](int64_t in, int64_t out, int64_t stride) { return std::make_shared<BasicBlock>(in, out, stride); },
            [] { return std::make_shared<ResNet>(); }};
  }
};
void check_residual(Checks& checks, const Residual& answer);

struct Dense {
  std::function<Net(int64_t in, int64_t growth_rate)> layer;
  std::function<Net(int64_t count, int64_t in, int64_t growth_rate)> block;
  std::function<Net(int64_t in, int64_t out)> transition;
  std::function<Net()> net;

  template <class DenseLayer, class DenseBlock, class Transition, class DenseNet>
  static Dense of() {
    return {[](int64_t in, int64_t growth) { return std::make_shared<DenseLayer>(in, growth); },
            [](int64_t count, int64_t in, int64_t growth) { return std::make_shared<DenseBlock>(count, in, growth); },
            [](int64_t in, int64_t out) { return std::make_shared<Transition>(in, out); },
            [] { return std::make_shared<DenseNet>(); }};
  }
};
void check_dense(Checks& checks, const Dense& answer);

}  // namespace cnnlab::homework
