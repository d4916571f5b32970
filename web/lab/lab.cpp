#include "web/lab/lab.hpp"

#include <algorithm>
#include <cmath>

#include "lessons/training.hpp"
#include "lib/optim/sgd.hpp"

namespace cnnlab {
namespace {

constexpr float gap = 16;
const ImVec2 nowhere{-1e6f, -1e6f};

int columns_for(float width) { return width >= 960 ? 3 : width >= 600 ? 2 : 1; }

}  // namespace

// In reading order. Where they stand side by side, each goes into the column that is shortest so far. The drawing pad's
// panel is the first.
Lab::Lab() : mouse_(nowhere) {
  const auto add = [&](View view, std::unique_ptr<Panel> panel) {
    panels_.push_back({view, std::move(panel), {}, {}});
  };
  add(View::draw, make_draw_panel());
  add(View::draw, make_probability_panel());
  add(View::draw, make_seen_panel());
  add(View::step, make_in_panel());
  add(View::step, make_trace_panel());
  add(View::step, make_number_panel());
  add(View::look, make_diagram_panel(look_));
  add(View::look, make_values_panel());
  add(View::look, make_pixels_panel());
  add(View::look, make_histogram_panel());
  add(View::look, make_weights_panel());
  add(View::train, make_loss_panel());
  add(View::train, make_accuracy_panel());
  add(View::train, make_history_panel());
  add(View::train, make_confusion_panel());
  add(View::train, make_norms_panel());
}
Lab::~Lab() = default;

void Lab::set_lesson(const std::string& id, const LessonOptions& options) {
  network_.choose(id, options);
  trace_.clear();
  look_.clear();
  say({{"type", "lesson"}});
  weights_changed();
}

void Lab::load(ByteSpan weights, const std::string& name) {
  network_.load(weights, name);
  say({{"type", "weights"}});
  weights_changed();
}

void Lab::cut(const nn::Cuts& cuts) {
  network_.cut(cuts);
  weights_changed();
}

void Lab::weights_changed() {
  ++weights_version_;
  stale_ = changed_ = true;
}

Tensor Lab::answer_as_trained(const Tensor& image) {
  check(has_network(), "cut: no lesson was chosen");
  return network_.as_trained([&] { return predict(network_.model(), image); });
}

void Lab::set_theme(bool dark) {
  theme_ = dark ? &dark_theme : &light_theme;
  changed_ = true;
}

void Lab::set_language(Language language) {
  language_ = language;
  changed_ = true;
}

void Lab::set_view(View view) {
  view_ = view;
  changed_ = true;
}

void Lab::set_stages(DigitOptions stages) {
  stages_.crop = stages.crop;
  stages_.scale = stages.scale;
  stages_.center = stages.center;
  stale_ = changed_ = true;
}

Point Lab::on_pad(ImVec2 at) const {
  const Rect area = pad();
  return {static_cast<double>((at.x - area.x) / area.width), static_cast<double>((at.y - area.y) / area.height)};
}

void Lab::pointer_moved(ImVec2 at) {
  mouse_ = at;
  drawing_.extend(on_pad(at));
  stale_ |= drawing_.down();
  changed_ = true;
}

void Lab::pointer_pressed(ImVec2 at) {
  mouse_ = at;
  clicks_.push_back(at);
  if (pad().contains(at)) {
    drawing_.begin(on_pad(at));
    stale_ = true;
  }
  changed_ = true;
}

void Lab::pointer_released(ImVec2 at) {
  pointer_moved(at);
  drawing_.end();
}

void Lab::pointer_left() {
  mouse_ = nowhere;
  drawing_.end();
  changed_ = true;
}

void Lab::set_pen(double pixels) {
  const DigitOptions usual;
  drawing_.set_pen(Drawing::usual_pen * pixels / usual.pen);
  stages_.pen = pixels;
  stages_.drawn_pen = drawing_.pen();
  stale_ = changed_ = true;
}

void Lab::read_if_stale() {
  if (!stale_) return;
  stale_ = false;
  reader_.read(drawing_, network_.shared().get(), stages_);
}

const std::optional<Reading>& Lab::reading() {
  read_if_stale();
  return reader_.reading();
}

void Lab::set_trace_sgd(const SgdSettings& settings) {
  optim::SGD({}, settings);  // checks them
  trace_sgd_ = settings;
}

std::vector<Reading> Lab::readings_with_stage_switched() const {
  if (!has_network()) return {};
  return Reader::with_stage_switched(drawing_, network(), stages_);
}

void Lab::run_trace(const uint8_t* pixels, int label) {
  check(has_network(), "step: no lesson was chosen");
  read_if_stale();
  check(pixels || !reader_.stages().empty(), "step: draw a digit first, or step through a test image");
  const Tensor image = pixels ? image_tensor(pixels) : reader_.input();
  trace_.run(network_.shared(), image, label, trace_sgd_);
  look_.follow(trace_.records(), network_.shared(), image.clone());
  say({{"type", "recorded"}});
  changed_ = true;
}

void Lab::go_to_step(int index) {
  trace_.go(index);
  changed_ = true;
}

void Lab::pick(std::optional<Trace::Pick> pick) {
  trace_.pick(pick);
  changed_ = true;
}

void Lab::hover(std::optional<Trace::Pick> pick) {
  if (pick == trace_.hovered()) return;
  trace_.hover(pick);
  changed_ = true;
}

// Everything lies on whole pixels, so that borders are sharp, and the canvas ends where the outermost borders do.
float Lab::layout(float width) {
  width_ = std::max(width, 240.0f);
  const int columns = columns_for(width_);
  const float column_width = (width_ - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  std::vector<float> bottoms(static_cast<size_t>(columns));
  for (auto& [view, panel, area, title] : panels_) {
    area = {};
    if (view != view_) continue;
    const auto shortest = std::ranges::min_element(bottoms);
    const float exact = static_cast<float>(shortest - bottoms.begin()) * (column_width + gap);
    const float left = std::round(exact), right = std::round(exact + column_width);
    const float height = std::ceil(panel->height(right - left));
    area = {left, *shortest, right - left, height};
    *shortest += height + gap;
  }
  height_ = std::max(*std::ranges::max_element(bottoms) - gap, 1.0f);  // a view may be empty
  changed_ = true;
  return height_;
}

nlohmann::ordered_json Lab::panels() const {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [view, panel, area, title] : panels_)
    if (view == view_)
      list.push_back({{"title", title}, {"x", area.x}, {"y", area.y}, {"width", area.width}, {"height", area.height}});
  return list;
}

void Lab::relayout() { say({{"type", "layout"}}); }

Rect Lab::area(View view) const {
  const auto first = std::ranges::find(panels_, view, &Placed::view);
  return view == view_ && first != panels_.end() ? first->area : Rect{};
}

Rect Lab::pad() const { return view_ == View::draw ? pad_area(area(View::draw)) : Rect{}; }

void Lab::draw(Textures& textures, float pixel) {
  changed_ = false;
  read_if_stale();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({width_, height_});
  ImGui::Begin("lab", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoBringToFrontOnFocus);
  std::string title_drawn;
  const Ui ui{.list = ImGui::GetWindowDrawList(),
              .above = ImGui::GetForegroundDrawList(),
              .theme = *theme_,
              .language = language_,
              .mouse = mouse_,
              .clicks = clicks_,
              .pixel = pixel,
              .canvas = {0, 0, width_, height_},
              .textures = textures,
              .title = title_drawn};
  // Edges are smoothed over one pixel of the device, not of CSS: sharp on screens of high density.
  ui.list->_FringeScale = ui.above->_FringeScale = pixel;
  for (auto& [view, panel, area, title] : panels_) {
    if (view != view_) continue;
    title_drawn.clear();
    panel->draw(ui, *this, area);
    title = title_drawn;
  }
  clicks_.clear();
  ImGui::End();
}

}  // namespace cnnlab
