#pragma once
#include <functional>
#include <string>
#include <vector>

#include "lib/autograd/variable.hpp"

namespace cnnlab::testing {

using Double = BasicVariable<double>;
using DoubleFunction = std::function<Double(const std::vector<Double>&)>;

/// Normally distributed numbers, the same for the same seed.
BasicTensor<double> normal(Shape shape, uint64_t seed);

/// The sum of a value's numbers, each times its weight: a loss that reaches every number of y by another gradient.
Double weighted_sum(const Double& y, const BasicTensor<double>& weights);

/// Compares the gradients of `function` that come out of the tape with central differences, (L(x + h) − L(x − h)) / 2h,
/// for every number of every input; L is a weighted sum of the outputs. "" when all agree to 1e-7, else a line that
/// names the worst. Double precision leaves some 1e-10 of error (h² from the formula, 1e-16/h from rounding). Inputs
/// must be further than h = 1e-5 from a kink: in a max pooling no two numbers of a window may be equal.
std::string gradient_difference(const DoubleFunction& function, std::vector<BasicTensor<double>> inputs);

}  // namespace cnnlab::testing
