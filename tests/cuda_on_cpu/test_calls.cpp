#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/training.hpp"
#include "lib/tensor/random.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using cnnlab::cuda::CudaDevice;

TEST_CASE("a steady step of MainNet takes no memory, and waits for the card once, for its loss", "[cuda_on_cpu]") {
  CudaDevice& device = test_card();
  manual_seed(1);
  inception::MainNet net;
  net.to(&device);
  optim::SGD optimizer(net.parameters(), {.lr = 0.01, .momentum = 0.5});
  const Batch batch{Tensor::full({4, 1, 28, 28}, 0.5f).to(&device), {1, 2, 3, 4}};
  for (int step = 0; step < 2; ++step) train_step(net, optimizer, batch);
  Card::instance().let_fail(-1);  // counts from here on
  train_step(net, optimizer, batch);
  std::string calls;
  for (const auto& [function, count] : Card::instance().calls_by_function()) calls += text(function, " ", count, "\n");
  CHECK(calls ==
        "cublasSgemm_v2 3\n"
        "cudaMemcpyAsync 2\n"  // the labels there, the loss back
        "cudaStreamSynchronize 1\n"
        "cudnnConvolutionBackwardData 15\n"
        "cudnnConvolutionBackwardFilter 16\n"
        "cudnnConvolutionForward 16\n"
        "launch 74\n");
}
