#pragma once
#include <string>
#include <vector>

#include "lib/nn/init.hpp"
#include "lib/nn/module.hpp"
#include "lib/ops/ops.hpp"

namespace cnnlab::nn {

/// torch.nn.Conv2d with a square kernel: parameters weight (out, in, K, K) and bias (out).
class Conv2d : public Module {
 public:
  struct Options {
    int64_t in, out, kernel, stride = 1, padding = 0;
    bool bias = true;
    Tensor (*init)(const Shape&) = init::kaiming_uniform;  ///< of the weight
  };
  explicit Conv2d(Options options);
  Variable forward(Variable x) override;

  Variable weight, bias;

 private:
  Conv2dOptions options_;
};

/// torch.nn.BatchNorm2d: parameters weight and bias (C), which start as 1 and 0; buffers running_mean, running_var (C)
/// and num_batches_tracked ().
class BatchNorm2d : public Module {
 public:
  struct Options {
    double momentum = 0.1, eps = 1e-5;
  };
  explicit BatchNorm2d(int64_t channels) : BatchNorm2d(channels, Options()) {}
  BatchNorm2d(int64_t channels, Options options);
  Variable forward(Variable x) override;

  Variable weight, bias;
  Tensor running_mean, running_var, num_batches_tracked;

 private:
  Options options_;
};

/// torch.nn.Linear: parameters weight (out, in) and bias (out).
class Linear : public Module {
 public:
  struct Options {
    int64_t in, out;
    bool bias = true;
  };
  explicit Linear(Options options);
  Variable forward(Variable x) override;

  Variable weight, bias;
};

class ReLU : public Module {
 public:
  Variable forward(Variable x) override;
};

/// torch.nn.Dropout: drops with probability p, in training only.
class Dropout : public Module {
 public:
  /// Throws Error unless p is from 0 to 1.
  explicit Dropout(double p);
  Variable forward(Variable x) override;

 private:
  double p_;
};

class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(Pool2dOptions options) : options_(options) {}
  Variable forward(Variable x) override;

 private:
  Pool2dOptions options_;
};

class AvgPool2d : public Module {
 public:
  explicit AvgPool2d(Pool2dOptions options) : options_(options) {}
  Variable forward(Variable x) override;

 private:
  Pool2dOptions options_;
};

class Flatten : public Module {
 public:
  Variable forward(Variable x) override;
};

/// Runs its modules one after the other; they are named "0", "1", … as in PyTorch.
class Sequential : public Module {
 public:
  Sequential() = default;
  template <class... Modules>
  explicit Sequential(Modules... modules) {
    (push_back(std::move(modules)), ...);
  }
  template <class M>
  void push_back(M module) {
    steps_.push_back(std::make_shared<M>(add(std::to_string(steps_.size()), std::move(module))));
  }
  Variable forward(Variable x) override;

 private:
  std::vector<std::shared_ptr<Module>> steps_;
};

}  // namespace cnnlab::nn
