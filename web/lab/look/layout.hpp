#pragma once
#include <set>
#include <string>
#include <vector>

#include "lib/inspect/diagram.hpp"
#include "web/lab/ui.hpp"

namespace cnnlab {

/// Where the parts of a diagram stand, from top to bottom: each part below all those whose output it takes, those that
/// do not wait for each other side by side. Pure geometry.
struct DiagramLayout {
  struct Box {
    int part;   ///< of the diagram; −1 is the image
    Rect area;  ///< with what it holds, when it is open
    bool open;
  };
  struct Wire {
    std::vector<ImVec2> points;
  };
  /// What flows out of a part is written where it comes out.
  struct Label {
    ImVec2 at;  ///< the upper middle
    int part;
  };
  std::vector<Box> boxes;  ///< what holds comes before what is held
  std::vector<Wire> wires;
  std::vector<Label> labels;
  float height = 0;

  /// The height of an open part's title, and what a click there that opens and closes it may miss on its left.
  static constexpr float title = 44, handle = 30;
};

/// `open`: ids of the modules that show what they hold. `width`: what there is, in CSS pixels.
DiagramLayout lay_out(const Diagram& diagram, const std::set<std::string>& open, float width);

}  // namespace cnnlab
