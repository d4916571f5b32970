#pragma once
#include "lib/data/loader.hpp"
#include "lib/nn/module.hpp"
#include "lib/ops/ops.hpp"
#include "lib/optim/sgd.hpp"

// How every lesson's network is trained and tested.
namespace cnnlab {

// One step of learning: look at a batch, measure the error, find out how each weight contributed, and correct it a
// little.
inline float train_step(nn::Module& model, optim::SGD& optimizer, const Batch& batch) {
  optimizer.zero_grad();
  Variable output = model(batch.images);           // (N, 10)
  Variable loss = nll_loss(output, batch.labels);  // one number
  loss.backward();                                 // the gradient of every parameter
  optimizer.step();
  return loss.item();
}

// What a network answers, without learning from it. (In eval mode: BatchNorm and Dropout behave otherwise in training.)
inline Tensor predict(nn::Module& model, const Tensor& images) {
  NoGrad no_grad;
  model.eval();
  return model(images).value();
}

}  // namespace cnnlab
