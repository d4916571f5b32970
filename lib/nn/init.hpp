#pragma once
#include "lib/tensor/tensor.hpp"

namespace cnnlab::nn::init {

/// PyTorch's default for convolutions and linear layers: uniform in ±√(6 / ((1 + a²)·fan_in)) with a = √5, that is
/// ±1/√fan_in, where fan_in = I·K·K inputs reach each output. (He et al., "Delving deep into rectifiers", ICCV 2015,
/// give the rule with a = 0 for ReLU.) Numbers come from `default_random`. `shape` is (O, I, K, K) or (O, I).
Tensor kaiming_uniform(const Shape& shape);

/// He et al.'s start for layers that ReLU follows: normal with mean 0 and variance 2 / fan_out, where each input
/// reaches fan_out = O·K·K outputs (ICCV 2015, equation 14: it keeps the size of gradients on their way back).
/// torch.nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu").
Tensor kaiming_normal(const Shape& shape);

/// PyTorch's default for the bias of such a layer: uniform in ±1/√fan_in.
Tensor bias_uniform(int64_t outputs, int64_t fan_in);

}  // namespace cnnlab::nn::init
