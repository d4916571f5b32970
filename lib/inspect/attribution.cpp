#include "lib/inspect/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/autograd/tape.hpp"

namespace cnnlab {
namespace {

// log Σ exp over all classes but one: the logarithm of 1 − p, exact also where p is almost 1.
double log_of_others(std::span<const float> log_probabilities, int label) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (size_t k = 0; k < log_probabilities.size(); ++k)
    if (k != static_cast<size_t>(label)) most = std::max(most, static_cast<double>(log_probabilities[k]));
  for (size_t k = 0; k < log_probabilities.size(); ++k)
    if (k != static_cast<size_t>(label)) sum += std::exp(static_cast<double>(log_probabilities[k]) - most);
  return most + std::log(sum);
}

// The log-odds of a class for one image, as an op: (1, classes) → ().
Variable log_odds_op(const Variable& log_probabilities, int label) {
  Op<float> op{"log_odds", CallSite::here()};
  const Tensor& value = log_probabilities.value();
  auto gradient = [value, label](const Tensor& dy, const Needs&) {
    Tensor d(value.shape());
    const double others = log_of_others(value.data(), label);
    for (int64_t k = 0; k < d.numel(); ++k) {
      const double share = std::exp(static_cast<double>(value.data()[k]) - others);
      d.data()[k] = dy.item() * (k == label ? 1.0f : static_cast<float>(-share));
    }
    return std::vector{d};
  };
  return op.output(log_odds(value, label).reshape(Shape{}), {log_probabilities}, gradient);
}

void expect_image(const Tensor& image) {
  check(image.shape().rank() == 4 && image.size(0) == 1, "attribution: needs one image (1, C, H, W), got ",
        image.shape());
}

// Gradients of a module's parameters, put back when it ends: only the image's is wanted.
class KeptGradients {
 public:
  explicit KeptGradients(const nn::Module& module) : parameters_(module.parameters()) {
    for (Variable& parameter : parameters_) {
      kept_.push_back(parameter.has_grad() ? parameter.grad() : Tensor());
      parameter.clear_grad();
    }
  }
  ~KeptGradients() {
    for (size_t i = 0; i < kept_.size(); ++i) {
      parameters_[i].clear_grad();
      if (kept_[i].numel() > 0) parameters_[i].accumulate_grad(kept_[i]);
    }
  }
  KeptGradients(const KeptGradients&) = delete;
  KeptGradients& operator=(const KeptGradients&) = delete;

 private:
  std::vector<Variable> parameters_;
  std::vector<Tensor> kept_;
};

}  // namespace

Tensor log_odds(const Tensor& log_probabilities, int label) {
  const Shape& shape = log_probabilities.shape();
  check(shape.rank() == 2 && shape[1] >= 2 && label >= 0 && label < shape[1], "attribution: there is no class ", label,
        " in an output of shape ", shape);
  Tensor odds({shape[0]});
  for (int64_t n = 0; n < shape[0]; ++n) {
    const auto row = log_probabilities.data().subspan(n * shape[1], shape[1]);
    odds.data()[n] = static_cast<float>(static_cast<double>(row[label]) - log_of_others(row, label));
  }
  return odds;
}

Tensor gradient_times_input(nn::Module& model, const Tensor& image, int label) {
  expect_image(image);
  const KeptGradients kept(model);
  model.eval();
  const Variable x(image, true);
  log_odds_op(model(x), label).backward();
  const Tensor& gradient = x.grad();
  Tensor map = Tensor::zeros({image.size(2), image.size(3)});
  for (int64_t i = 0; i < image.numel(); ++i) map.data()[i % map.numel()] += image.data()[i] * gradient.data()[i];
  return map;
}

Occlusion::Occlusion(nn::Module& model, Tensor image, int label, int64_t side)
    : model_(model), image_(std::move(image)), label_(label), side_(side) {
  expect_image(image_);
  check(side >= 1 && side % 2 == 1, "occlusion: the square's side must be odd, got ", side);
  whole_ = odds(image_).item();
  map_ = Tensor::zeros({image_.size(2), image_.size(3)});
}

Tensor Occlusion::odds(const Tensor& images) const {
  const NoGrad no_grad;
  model_.eval();
  return log_odds(model_(images).value(), label_);
}

double Occlusion::progress() const { return static_cast<double>(next_) / static_cast<double>(map_.numel()); }

// Writes the covered image; false when there was nothing to cover.
bool Occlusion::cover(int64_t place, std::span<float> pixels) const {
  const int64_t height = map_.size(0), width = map_.size(1), reach = side_ / 2;
  const int64_t row = place / width, column = place % width;
  std::ranges::copy(image_.data(), pixels.begin());
  bool any = false;
  for (int64_t c = 0; c < image_.size(1); ++c) {
    for (int64_t y = std::max<int64_t>(row - reach, 0); y <= std::min(row + reach, height - 1); ++y) {
      for (int64_t x = std::max<int64_t>(column - reach, 0); x <= std::min(column + reach, width - 1); ++x) {
        float& pixel = pixels[(c * height + y) * width + x];
        any |= pixel != 0;
        pixel = 0;
      }
    }
  }
  return any;
}

bool Occlusion::advance(int64_t count) {
  const int64_t total = map_.numel(), size = image_.numel();
  std::vector<int64_t> places;
  std::vector<float> pixels(count * size);
  for (; next_ < total && static_cast<int64_t>(places.size()) < count; ++next_)
    if (cover(next_, std::span(pixels).subspan(places.size() * size, size))) places.push_back(next_);
  if (!places.empty()) {
    const auto n = static_cast<int64_t>(places.size());
    const Tensor batch(Shape{n, image_.size(1), image_.size(2), image_.size(3)}, std::span(pixels).first(n * size));
    const Tensor covered = odds(batch);
    for (size_t i = 0; i < places.size(); ++i) map_.data()[places[i]] = whole_ - covered.data()[i];
  }
  return next_ < total;
}

}  // namespace cnnlab
