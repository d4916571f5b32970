#include <catch2/catch.hpp>

#include "lessons/01_one_by_one/cost.hpp"
#include "lessons/lesson.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/nn/init.hpp"
#include "lib/nn/layers.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

using namespace cnnlab;
using namespace cnnlab::one_by_one;
using namespace cnnlab::testing;

namespace {

// What the library's own layers count, run one after the other.
Cost counted(int64_t channels, int64_t side, const std::vector<nn::Conv2d::Options>& layers) {
  const Tape tape;
  Cost total{};
  Variable x = Tensor::zeros({1, channels, side, side});
  for (nn::Conv2d::Options options : layers) {
    options.bias = false;
    nn::Conv2d layer(options);
    x = layer(x);
    total.weights += layer.parameter_count();
    total.multiplications += tape.records().back().node->multiply_adds;
  }
  return total;
}

void check_equal(const Cost& a, const Cost& b) {
  CHECK(a.weights == b.weights);
  CHECK(a.multiplications == b.multiplications);
}

}  // namespace

TEST_CASE("the calculator gives the source lesson's numbers") {
  check_equal(conv_cost(5, 192, 32, 28), {153'600, 120'422'400});
  check_equal(bottleneck_cost(5, 192, 32, 32, 28), {31'744, 24'887'296});
}

TEST_CASE("the calculator counts what the library's layers count") {
  struct Case {
    int64_t kernel, in, width, out, side;
  };
  for (const auto& [kernel, in, width, out, side] :
       {Case{1, 3, 2, 5, 4}, Case{3, 7, 2, 5, 6}, Case{5, 8, 3, 4, 9}, Case{3, 1, 4, 1, 1}}) {
    INFO(kernel << "x" << kernel << ", " << in << " to " << width << " to " << out << ", side " << side);
    const int64_t padding = (kernel - 1) / 2;
    const nn::Conv2d::Options reduce{.in = in, .out = width, .kernel = 1};
    check_equal(conv_cost(kernel, in, out, side),
                counted(in, side, {{.in = in, .out = out, .kernel = kernel, .padding = padding}}));
    check_equal(bottleneck_cost(kernel, in, width, out, side),
                counted(in, side, {reduce, {.in = width, .out = out, .kernel = kernel, .padding = padding}}));
  }
}

TEST_CASE("the widest bottleneck saves something, and one channel more does not") {
  for (const int64_t kernel : {3, 5, 7})
    for (const int64_t in : {32, 192, 256}) {
      INFO(kernel << "x" << kernel << ", " << in << " to 32");
      const int64_t width = widest_bottleneck(kernel, in, 32), direct = conv_cost(kernel, in, 32, 28).multiplications;
      CHECK(bottleneck_cost(kernel, in, width, 32, 28).multiplications < direct);
      CHECK(bottleneck_cost(kernel, in, width + 1, 32, 28).multiplications >= direct);
    }
}

TEST_CASE("a 1×1 convolution is a linear layer at every pixel") {
  manual_seed(7);
  const nn::Conv2d::Options options{.in = 3, .out = 4, .kernel = 1};
  nn::Conv2d layer(options);
  const Tensor image = nn::init::kaiming_uniform({1, 3, 2, 5});
  const Tensor output = layer(image).value();
  const Variable weight(layer.weight.value().reshape({4, 3}));
  for (int64_t pixel = 0; pixel < 10; ++pixel) {
    Tensor values = Tensor::zeros({1, 3}), expected = Tensor::zeros({1, 4});
    for (int64_t c = 0; c < 3; ++c) values.data()[c] = image.data()[c * 10 + pixel];
    for (int64_t o = 0; o < 4; ++o) expected.data()[o] = output.data()[o * 10 + pixel];
    CHECK(difference(linear(Variable(values), weight, layer.bias).value(), expected) == "");
  }
}

TEST_CASE("both nets of lesson one_by_one start with the same first layer, and only the middle differs") {
  const Lesson& lesson = find_lesson("one_by_one");
  const auto made = [&](LessonOptions options) {
    manual_seed(1);
    return lesson.make(std::move(options))->named_parameters();
  };
  const auto direct = made({{"bottleneck", 0}}), bottleneck = made({{"width", 5}});
  CHECK(bit_difference(direct[0].second.value(), bottleneck[0].second.value()) == "");
  const auto shapes = [](const std::vector<nn::NamedVariable>& parameters) {
    std::string all;
    for (const auto& [name, variable] : parameters) all += text(name, " ", variable.shape(), "; ");
    return all;
  };
  CHECK(shapes(direct) ==
        "conv1.weight (32, 1, 5, 5); conv1.bias (32,); conv2.weight (32, 32, 5, 5); conv2.bias (32,); "
        "fc.weight (10, 1152); fc.bias (10,); ");
  CHECK(shapes(bottleneck) ==
        "conv1.weight (32, 1, 5, 5); conv1.bias (32,); reduce.weight (5, 32, 1, 1); reduce.bias (5,); "
        "conv2.weight (32, 5, 5, 5); conv2.bias (32,); fc.weight (10, 1152); fc.bias (10,); ");
}
