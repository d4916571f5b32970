#include <cmath>
#include <iostream>
#include <memory>

#include "lessons/training.hpp"
#include "lib/data/digit.hpp"
#include "native/cli/format.hpp"
#include "native/cli/options.hpp"
#include "native/cli/picture.hpp"
#include "native/cli/terminal.hpp"
#include "native/commands/commands.hpp"

namespace cnnlab {
namespace {

struct PredictOptions {
  NetworkChoice network;
  DeviceChoice device;
  std::string weights;
  std::vector<std::string> images;
};

constexpr int bar_columns = 50;

// (1, 1, 28, 28): the digit in MNIST's form.
Tensor read_digit(const std::string& path) {
  const Picture picture = load_picture(path);
  const auto digit = digit_from_bitmap(picture.grey, picture.height, picture.width);
  check(digit.has_value(), path, ": nothing is drawn there: all of its ", picture.width, "x", picture.height,
        " pixels are alike");
  return digit->image.reshape({1, 1, 28, 28});
}

void print_prediction(const std::string& path, const Tensor& log_probabilities, bool unicode) {
  const int32_t answer = argmax_rows(log_probabilities)[0];
  std::cout << path << ": " << answer << '\n';
  for (int32_t digit = 0; digit < log_probabilities.size(1); ++digit) {
    const double probability = std::exp(log_probabilities.data()[digit]);
    const std::string share = fixed(100 * probability, 1);
    std::cout << (digit == answer ? "> " : "  ") << digit << std::string(8 - share.size(), ' ') << share << " %  ";
    for (int i = 0; i < std::lround(probability * bar_columns); ++i) std::cout << (unicode ? "█" : "#");
    std::cout << '\n';
  }
}

int predict_images(const PredictOptions& options) {
  Device* const device = options.device.use();
  const Network network = load_network(options.network, options.weights);
  network.module->to(device);
  const Shape& input = network.name.input;
  check(input == Shape{1, 28, 28}, "lesson ", network.name.lesson, " reads images of shape ", input,
        ", but drawn digits have (1, 28, 28)");
  const bool unicode = standard_output().unicode;
  std::string separator;
  for (const std::string& path : options.images) {
    const Tensor digit = read_digit(path);
    std::cout << separator;
    print_prediction(path, predict(*network.module, digit.to(device)).to(nullptr), unicode);
    separator = "\n";
  }
  return 0;
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .help = "reads digits in pictures",
      .examples = "Example:\n  cnnlab predict seven.png photo-of-a-three.jpg",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<PredictOptions>();
            list.positional("IMAGE", options->images, "pictures of one digit each, dark on light or light on dark");
            options->network.add_to(list);
            add_weights_option(list, options->weights);
            options->device.add_to(list);
            return [=] { return predict_images(*options); };
          },
  };
}

}  // namespace cnnlab
