#include <algorithm>
#include <cmath>

#include "lessons/training.hpp"
#include "web/lab/lab.hpp"
#include "web/lab/step/tensor_picture.hpp"
#include "web/lab/train/strings.hpp"

namespace cnnlab {
namespace {

constexpr float caption = 20, gap = 14, reading_width = 132, tall = 196;

/// A parameter's numbers as pictures, and how one digit is read, with the weights that the lab has now: the page's
/// scrubber goes through those that were kept while training.
class HistoryPanel : public Panel {
 public:
  float height(float) const override { return Ui::outer_height(caption + tall); }

  void draw(const Ui& ui, Lab& lab, Rect area) override {
    const Rect inner = ui.panel(area, ui.say(strings::history));
    if (!lab.has_network()) return;
    draw_parameter(ui, lab, {inner.x, inner.y, inner.width - reading_width - gap, inner.height});
    draw_reading(ui, lab, {inner.right() - reading_width, inner.y, reading_width, inner.height});
  }

 private:
  void draw_parameter(const Ui& ui, Lab& lab, Rect area) {
    const auto parameters = lab.network().named_parameters();
    const std::string& wanted = lab.train().parameter;
    auto found = std::ranges::find(parameters, wanted, [](const auto& named) { return named.first; });
    if (found == parameters.end()) found = parameters.begin();
    const Tensor& tensor = found->second.value();
    ui.text({area.x, area.y}, found->first, ui.theme.muted, Ui::small);
    if (found->first != shown_ || lab.weights_version() != weights_) ++version_;
    shown_ = found->first;
    weights_ = lab.weights_version();
    const Rect place{area.x, area.y + caption, area.width, area.height - caption};
    if (const auto at = picture_.show(ui, place, tensor, version_, {}, ui.mouse))
      ui.tooltip(number(static_cast<double>(tensor.data()[static_cast<size_t>(*at)])));
  }

  void draw_reading(const Ui& ui, Lab& lab, Rect area) {
    ui.text({area.x, area.y}, ui.say(strings::its_reading), ui.theme.muted, Ui::small);
    const std::vector<float> shares = read(lab);
    if (shares.empty()) {
      ui.text({area.x, area.y + caption}, ui.say(strings::no_digit), ui.theme.muted, Ui::small);
      return;
    }
    const float row = tall / static_cast<float>(shares.size());
    const auto best = static_cast<size_t>(std::ranges::max_element(shares) - shares.begin());
    for (size_t i = 0; i < shares.size(); ++i) {
      const float top = area.y + caption + static_cast<float>(i) * row;
      const float size = std::min(Ui::small, row);
      ui.text({area.x, top + (row - size) / 2}, std::to_string(i), i == best ? ui.theme.text : ui.theme.muted, size);
      const Rect track{area.x + 18, top + 3, area.width - 18, row - 6};
      ui.fill(track, ui.theme.grid, 2);
      ui.fill({track.x, track.y, track.width * shares[i], track.height}, i == best ? ui.theme.orange : ui.theme.blue,
              2);
      if (Rect{area.x, top, area.width, row}.contains(ui.mouse))
        ui.tooltip(text(i, ": ", number(100 * static_cast<double>(shares[i])), "%"));
    }
  }

  // The test image's reading is computed anew when the weights or the image have changed; the drawing's is the lab's.
  std::vector<float> read(Lab& lab) {
    const TrainBoard& board = lab.train();
    if (board.watched.empty()) {
      const auto& reading = lab.reading();
      return reading ? reading->probabilities : std::vector<float>{};
    }
    if (read_weights_ != lab.weights_version() || read_digit_ != board.watched_version) {
      const Tensor output = predict(lab.network(), image_tensor(board.watched.data()));
      reading_.clear();
      for (const float value : output.data()) reading_.push_back(std::exp(value));
      read_weights_ = lab.weights_version();
      read_digit_ = board.watched_version;
    }
    return reading_;
  }

  TensorPicture picture_;
  std::string shown_;
  int version_ = 0, weights_ = -1, read_weights_ = -1, read_digit_ = -1;
  std::vector<float> reading_;
};

}  // namespace

std::unique_ptr<Panel> make_history_panel() { return std::make_unique<HistoryPanel>(); }

}  // namespace cnnlab
