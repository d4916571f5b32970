#pragma once
#include "lib/autograd/pending.hpp"

// How ops leave their result unwritten (see Pending). They do so on the CPU, and only while no Tape records: a record
// shows every value.
namespace cnnlab {

/// Whether an op on this device may leave its result pending.
template <class T>
bool may_wait(const Device* device);

/// x's parts: those it is joined out of, if it was not written out, or x itself.
template <class T>
std::vector<typename Pending<T>::Part> parts_of(const BasicVariable<T>& x);

/// Channels (N, C, H, W) joined out of parts.
template <class T>
Pending<T> joined(std::vector<typename Pending<T>::Part> parts);

/// x, normalised. In training `mean` and `variance` (C) are set to those of the batch, else they are read.
template <class T>
Pending<T> normalised(Pending<T> x, const BatchNorm2dGeometry& g, const BasicVariable<T>& weight,
                      const BasicVariable<T>& bias, BasicTensor<T> mean, BasicTensor<T> variance);

/// The gradient of a normalisation, and of the ReLU after it, with respect to `x.inputs()`.
template <class T>
Gradient<T> gradient_of_norm(std::shared_ptr<const Pending<T>> x);

/// The gradient of a convolution of x, which is normalised, and of what x waits with, in one: with respect to
/// `x.inputs()`, the weight and, where there is one, the bias. Between the two lies a gradient as large as x; so it is
/// made of some channels at a time, and used, while they are in the cache. Empty where all channels would go at once:
/// then one after the other needs less memory.
template <class T>
Gradient<T> gradient_of_conv2d_and_norm(const Conv2dGeometry& g, std::shared_ptr<const Pending<T>> x,
                                        BasicTensor<T> weight);

}  // namespace cnnlab
