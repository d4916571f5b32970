#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "web/lab/draw/drawing.hpp"
#include "web/lab/draw/reader.hpp"
#include "web/lab/look/lesson_network.hpp"
#include "web/lab/look/look.hpp"
#include "web/lab/panel.hpp"
#include "web/lab/step/trace.hpp"
#include "web/lab/train/board.hpp"

namespace cnnlab {

/// The lab: a network, a drawing, what the one says about the other, a recorded run and a training curve; and the
/// panels that show them. It knows neither browser nor window: whoever hosts it passes pointer events in, and asks it
/// to draw.
class Lab {
 public:
  Lab();
  ~Lab();

  /// Makes a lesson's network, with random weights until some are loaded. Throws Error for an unknown lesson or option.
  void set_lesson(const std::string& id, const LessonOptions& options);
  /// Throws Error naming `name` when these are not this network's weights; then nothing has changed.
  void load(ByteSpan weights, const std::string& name);
  /// Those that were loaded, whatever is cut.
  Bytes weights() { return network_.weights(); }

  /// Changes parts of the network from here on, until other cuts come or another lesson; {} is the network as it was
  /// trained. Whatever weights are loaded meanwhile are cut too. Throws Error when it cannot be; then nothing has
  /// changed.
  void cut(const nn::Cuts& cuts);
  const nn::Cuts& cuts() const { return network_.cuts(); }
  /// What the network as it was trained answers to an image (1, C, H, W): log-probabilities (1, classes).
  Tensor answer_as_trained(const Tensor& image);

  void set_theme(bool dark);
  void set_language(Language language);
  /// Chooses whose panels are laid out and drawn.
  void set_view(View view);
  void set_stages(DigitOptions stages);

  /// Pointer events in CSS pixels from the canvas's corner. Strokes follow every event; what panels see of the pointer
  /// (`Ui::mouse`) is its place when they draw.
  void pointer_moved(ImVec2 at);
  void pointer_pressed(ImVec2 at);
  void pointer_released(ImVec2 at);
  void pointer_left();

  /// Changes the drawing otherwise than by the pointer: `change` is called with it.
  template <class Change>
  void edit_drawing(const Change& change) {
    std::invoke(change, drawing_);
    stale_ = changed_ = true;
  }
  /// A pen that leaves strokes as many pixels wide in the network's picture; 2.2 is how MNIST's writers drew.
  void set_pen(double pixels);
  /// The network's answer to the drawing as it is now.
  const std::optional<Reading>& reading();

  /// What it would be with each stage of preparation switched the other way: crop, scale, center.
  std::vector<Reading> readings_with_stage_switched() const;

  /// What the runs recorded from now on are trained with. Throws Error for settings that cannot be.
  void set_trace_sgd(const SgdSettings& settings);
  /// Records a training step on an image of 28·28 bytes, or on the drawing for null. Throws Error when nothing is
  /// drawn, or there is no network.
  void run_trace(const uint8_t* pixels, int label);
  void go_to_step(int index);
  /// Points at a number that the current step shows, for good or as long as the pointer is over it.
  void pick(std::optional<Trace::Pick> pick);
  void hover(std::optional<Trace::Pick> pick);

  /// Lays the panels out for a width in CSS pixels; returns the height that they need.
  float layout(float width);
  /// Asks whoever hosts the lab to lay it out again, since a panel needs another height.
  void relayout();
  float width() const { return width_; }
  float height() const { return height_; }
  /// Where the first panel of a view lies; nowhere in another view.
  Rect area(View view) const;
  /// Where the drawing pad lies; nowhere in a view without it.
  Rect pad() const;

  /// Whether `draw` would draw something else than last time.
  bool changed() const { return changed_; }
  void redraw() { changed_ = true; }
  /// What a view shows has changed.
  void redraw(View view) { changed_ |= view == view_; }
  /// Draws all panels, between ImGui::NewFrame and ImGui::Render. `pixel`: the size of a device's pixel.
  void draw(Textures& textures, float pixel);

  const Drawing& drawing() const { return drawing_; }
  const Reader& reader() const { return reader_; }
  const Trace& trace() const { return trace_; }
  Look& look() { return look_; }
  TrainBoard& train() { return train_; }
  /// There must be one.
  nn::Module& network() const { return network_.model(); }
  /// Counts up when the network's weights have changed.
  int weights_version() const { return weights_version_; }
  const Theme& theme() const { return *theme_; }
  Language language() const { return language_; }
  /// Tells whoever hosts the lab that a panel was used: {"type": …, what it means}.
  void say(nlohmann::ordered_json what) { said_.push_back(std::move(what)); }
  /// All that was said since the last call.
  nlohmann::ordered_json take_said() { return std::exchange(said_, nlohmann::ordered_json::array()); }

  bool has_network() const { return network_.chosen(); }
  /// The view's panels: [{"title","x","y","width","height"}], titled as they were drawn last.
  nlohmann::ordered_json panels() const;

 private:
  Point on_pad(ImVec2 at) const;
  void read_if_stale();
  void weights_changed();

  LessonNetwork network_;
  Drawing drawing_;
  Reader reader_;
  DigitOptions stages_;
  bool stale_ = true;  // the drawing, the stages or the weights changed since the last reading
  Trace trace_;
  SgdSettings trace_sgd_;
  Look look_;
  TrainBoard train_;
  int weights_version_ = 0;

  struct Placed {
    View view;
    std::unique_ptr<Panel> panel;
    Rect area;
    std::string title;
  };
  std::vector<Placed> panels_;
  View view_ = View::draw;
  nlohmann::ordered_json said_ = nlohmann::ordered_json::array();
  float width_ = 0, height_ = 0;
  const Theme* theme_ = &light_theme;
  Language language_ = Language::english;
  ImVec2 mouse_;
  std::vector<ImVec2> clicks_;
  bool changed_ = true;
};

}  // namespace cnnlab
