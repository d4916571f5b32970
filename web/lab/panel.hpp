#pragma once
#include <memory>

#include "web/lab/ui.hpp"

namespace cnnlab {

class Lab;
class Look;

/// A part of the lab: it knows how high it wants to be, and draws itself. One panel a file; a new one is added in
/// lab.cpp's list.
class Panel {
 public:
  Panel() = default;
  Panel(const Panel&) = delete;
  Panel& operator=(const Panel&) = delete;
  virtual ~Panel() = default;

  /// The height that it needs at a width, whatever it shows: so nothing on the page moves while one works with it.
  virtual float height(float width) const = 0;
  virtual void draw(const Ui& ui, Lab& lab, Rect area) = 0;
};

/// What is shown together: one of the lab's views.
enum class View { draw, step, look, train };

std::unique_ptr<Panel> make_draw_panel();
/// Where in the draw panel the pad lies.
Rect pad_area(Rect draw_panel);
std::unique_ptr<Panel> make_seen_panel();
std::unique_ptr<Panel> make_probability_panel();
std::unique_ptr<Panel> make_in_panel();
std::unique_ptr<Panel> make_loss_panel();
std::unique_ptr<Panel> make_accuracy_panel();
std::unique_ptr<Panel> make_norms_panel();
std::unique_ptr<Panel> make_confusion_panel();
std::unique_ptr<Panel> make_history_panel();
std::unique_ptr<Panel> make_trace_panel();
std::unique_ptr<Panel> make_number_panel();
std::unique_ptr<Panel> make_diagram_panel(const Look& look);
std::unique_ptr<Panel> make_values_panel();
std::unique_ptr<Panel> make_weights_panel();
std::unique_ptr<Panel> make_histogram_panel();
std::unique_ptr<Panel> make_pixels_panel();

}  // namespace cnnlab
