#include <catch2/catch.hpp>

#include "tests/support/close.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

TEST_CASE("the class of a row is its largest value, the first of equals") {
  CHECK(argmax_rows(Tensor({3, 3}, std::vector<float>{1, 5, 2, -1, -3, -2, 4, 0, 4})) == std::vector<int32_t>{1, 0, 0});
  CHECK_THROWS_WITH(argmax_rows(Tensor::zeros({3})), "argmax: needs rows of classes (N, classes), got (3,)");
  CHECK_THROWS_WITH(argmax_rows(Tensor::zeros({3, 0})), "argmax: needs rows of classes (N, classes), got (3, 0)");
}

TEST_CASE("the score is the mean over images, not over batches, and counts right answers") {
  const Dataset data = digits();
  const auto net = tiny_net();
  const Batch all = Loader(data, {.batch_size = 320, .shuffle = false}).batch(0, 0);
  const Tensor output = predict(*net, all.images);
  double loss = 0;
  int64_t correct = 0;
  const std::vector<int32_t> answers = argmax_rows(output);
  for (int i = 0; i < 320; ++i) {
    loss -= static_cast<double>(output.data()[i * 10 + all.labels[i]]) / 320;
    correct += answers[i] == all.labels[i];
  }
  const Score score = evaluate(*net, data);
  CHECK(score.loss == Approx(loss).epsilon(1e-6));
  CHECK(score.correct == correct);
  CHECK(score.total == 320);
}

TEST_CASE("an evaluation can be stopped after any batch") {
  const Dataset data = digits();
  const auto net = tiny_net();
  Evaluation evaluation(*net, data);
  CHECK(evaluation.total() == 320);
  CHECK(evaluation.score().total == 0);
  CHECK(evaluation.score().loss == 0);
  CHECK(evaluation.advance());
  CHECK(evaluation.score().total == 256);
  CHECK_FALSE(evaluation.advance());
  CHECK_FALSE(evaluation.advance());
  CHECK(evaluation.score().total == 320);
}

TEST_CASE("evaluation leaves no gradients and no graph") {
  const Dataset data = digits();
  const auto net = tiny_net();
  const int64_t before = tensor_memory().in_use;
  evaluate(*net, data);
  CHECK(tensor_memory().in_use == before);
  CHECK_FALSE(net->fc.weight.has_grad());
}
