#include "web/lab/look/layout.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace cnnlab {
namespace {

constexpr float gap = 32;     // between two rows: room for a shape, and for wires that turn
constexpr float between = 8;  // tracks
constexpr float lane = 10;    // a wire that goes round
constexpr float inset = 8;    // of an open part
constexpr float block = 44, line = 30, image_height = 30;

using Part = Diagram::Part;

// The parts in one open part (or in the network) in rows and tracks. A value that is wanted further down goes on in its
// own track where nothing else stands there, else in a lane of its own beside the tracks.
class Grid {
 public:
  Grid(const Diagram& diagram, const std::vector<int>& kids) : diagram_(diagram), kids_(kids) {
    for (size_t i = 0; i < kids_.size(); ++i) place_of_[kids_[i]] = i;
    choose_rows();
    choose_tracks();
    reserve_ways();
  }

  // A long way that a value takes: in a track, or in a lane. `from` −1 is what came in, `to` the rows' number what goes
  // out.
  struct Way {
    int source;  // a kid's place, −1 for the input
    int first, last;
    int track = -1, lane = -1;
  };

  int rows() const { return rows_; }
  int tracks() const { return tracks_; }
  int lanes() const { return lanes_; }
  int row(size_t kid) const { return row_[kid]; }
  int track(size_t kid) const { return track_[kid]; }
  const Part& part(size_t kid) const { return diagram_.parts()[static_cast<size_t>(kids_[kid])]; }
  size_t size() const { return kids_.size(); }
  int index(size_t kid) const { return kids_[kid]; }
  size_t place_of(int part) const { return place_of_.at(part); }

  // How a value comes to a row below it; null when it is the next one.
  const Way* way(int source, int to_row) const {
    for (const Way& way : ways_)
      if (way.source == source && way.first < to_row && way.last >= to_row - 1 && way.first <= to_row - 1) return &way;
    return nullptr;
  }

  // A part that is alone in its row takes the free tracks beside it too.
  std::pair<int, int> span(size_t kid) const {
    int left = track_[kid], right = left;
    if (std::ranges::count(row_, row_[kid]) > 1) return {left, right};
    while (left > 0 && !taken(left - 1, row_[kid])) --left;
    while (right + 1 < tracks_ && !taken(right + 1, row_[kid])) ++right;
    return {left, right};
  }

 private:
  void choose_rows() {
    for (size_t kid = 0; kid < size(); ++kid) {
      int row = 0;
      for (const int source : part(kid).sources) row = std::max(row, row_[place_of(source)] + 1);
      row_.push_back(row);
      rows_ = std::max(rows_, row + 1);
    }
  }

  // Along a chain the track stays the same.
  void choose_tracks() {
    track_.assign(size(), -1);
    for (int row = 0; row < rows_; ++row)
      for (size_t kid = 0; kid < size(); ++kid) {
        if (row_[kid] != row) continue;
        for (const int source : part(kid).sources) {
          const size_t from = place_of(source);
          if (row_[from] == row - 1 && track_[kid] < 0 && !stands(track_[from], row)) track_[kid] = track_[from];
        }
        for (int track = 0; track_[kid] < 0; ++track)
          if (!stands(track, row)) track_[kid] = track;
        tracks_ = std::max(tracks_, track_[kid] + 1);
      }
  }

  bool stands(int track, int row) const {
    for (size_t kid = 0; kid < size(); ++kid)
      if (track_[kid] == track && row_[kid] == row) return true;
    return false;
  }

  bool taken(int track, int row) const {
    return stands(track, row) || std::ranges::any_of(ways_, [&](const Way& way) {
             return way.track == track && way.first <= row && row <= way.last;
           });
  }

  // The last row that a value has to pass by; below the source's own when it is wanted further down than next.
  int last_row_passed(int source) const {
    int last = -1;
    for (size_t kid = 0; kid < size(); ++kid) {
      const auto& sources = part(kid).sources;
      const bool wants = source < 0 ? part(kid).takes_input
                                    : std::ranges::find(sources, index(static_cast<size_t>(source))) != sources.end();
      if (wants) last = std::max(last, row_[kid] - 1);
    }
    if (source >= 0 && part(static_cast<size_t>(source)).gives_output) last = rows_ - 1;
    return last;
  }

  void reserve_ways() {
    for (int source = -1; source < static_cast<int>(size()); ++source) {
      Way way{.source = source,
              .first = source < 0 ? 0 : row_[static_cast<size_t>(source)] + 1,
              .last = last_row_passed(source)};
      if (way.first > way.last) continue;
      bool own = source >= 0;
      for (int row = way.first; own && row <= way.last; ++row) own = !taken(track_[static_cast<size_t>(source)], row);
      if (own) {
        way.track = track_[static_cast<size_t>(source)];
      } else {
        const auto meets = [&](int lane) {
          return std::ranges::any_of(ways_, [&](const Way& other) {
            return other.lane == lane && other.first <= way.last && way.first <= other.last;
          });
        };
        for (way.lane = 0; meets(way.lane);) ++way.lane;
        lanes_ = std::max(lanes_, way.lane + 1);
      }
      ways_.push_back(way);
    }
  }

  const Diagram& diagram_;
  const std::vector<int>& kids_;
  std::map<int, size_t> place_of_;
  std::vector<int> row_, track_;
  std::vector<Way> ways_;
  int rows_ = 0, tracks_ = 1, lanes_ = 0;
};

class Builder {
 public:
  Builder(const Diagram& diagram, const std::set<std::string>& open, DiagramLayout& made)
      : diagram_(diagram), open_(open), made_(made) {}

  // Lays parts out below `source`, the box that their input comes from; returns the lowest edge. What goes out of them
  // is led to that edge.
  float build(const std::vector<int>& kids, Rect area, Rect source) {
    const Grid grid(diagram_, kids);
    const float lanes = static_cast<float>(grid.lanes()) * lane, tracks_width = area.width - lanes;
    const auto count = static_cast<float>(grid.tracks());
    const float track_width = (tracks_width - between * (count - 1)) / count;
    const auto left_of = [&](int track) { return area.x + static_cast<float>(track) * (track_width + between); };
    const auto lane_x = [&](int number) { return area.x + tracks_width + lane * (static_cast<float>(number) + 0.7f); };

    std::vector<Rect> boxes(grid.size());
    float y = area.y;
    std::vector<float> tops;
    for (int row = 0; row < grid.rows(); ++row) {
      float height = 0;
      y += gap;
      tops.push_back(y);
      for (size_t kid = 0; kid < grid.size(); ++kid) {
        if (grid.row(kid) != row) continue;
        const auto [first, last] = grid.span(kid);
        const Rect place{left_of(first), y, left_of(last) + track_width - left_of(first), 0};
        boxes[kid] = add(grid.index(kid), place);
        height = std::max(height, boxes[kid].height);
      }
      y += height;
    }
    tops.push_back(y + gap);

    const auto connect = [&](int from, int to_row, Rect target) {
      const Rect start = from < 0 ? source : boxes[static_cast<size_t>(from)];
      const auto* way = grid.way(from, to_row);
      std::optional<float> along;
      if (way) along = way->lane >= 0 ? lane_x(way->lane) : left_of(way->track) + track_width / 2;
      lead(start, target, along, way && way->lane >= 0);
    };
    for (size_t kid = 0; kid < grid.size(); ++kid) {
      for (const int from : grid.part(kid).sources)
        connect(static_cast<int>(grid.place_of(from)), grid.row(kid), boxes[kid]);
      if (grid.part(kid).takes_input) connect(-1, grid.row(kid), boxes[kid]);
    }
    const Rect exit{area.x, y + gap, tracks_width, 0};
    for (size_t kid = 0; kid < grid.size(); ++kid) {
      label(grid.index(kid), boxes[kid]);
      if (grid.part(kid).gives_output) connect(static_cast<int>(kid), grid.rows(), exit);
    }
    return y + gap;
  }

  void label(int part, Rect box) { made_.labels.push_back({{box.x + box.width / 2, box.bottom() + 7}, part}); }

 private:
  Rect add(int index, Rect place) {
    const Part& part = diagram_.parts()[static_cast<size_t>(index)];
    const bool open = !part.children.empty() && open_.contains(part.id);
    const size_t at = made_.boxes.size();
    made_.boxes.push_back({index, place, open});
    if (!open) {
      place.height = part.module ? block : line;
    } else {
      const Rect head{place.x, place.y, place.width, DiagramLayout::title};
      const Rect inside{place.x + inset, head.bottom(), place.width - 2 * inset, 0};
      place.height = build(part.children, inside, head) - place.y;
    }
    made_.boxes[at].area = place;
    return place;
  }

  // Straight down where the boxes lie over each other; else it turns in the gap above the target. One that goes round
  // turns below its source as well.
  void lead(Rect from, Rect to, std::optional<float> along, bool round) {
    constexpr float margin = 9, turn = 6;
    const auto within = [&](float x, Rect box) {
      const float room = std::min(margin, box.width / 2);
      return std::clamp(x, box.x + room, box.right() - room);
    };
    const float middle = to.width < from.width ? to.x + to.width / 2 : from.x + from.width / 2;
    std::vector<ImVec2> points;
    if (round) {
      const float start = within(from.right(), from), end = within(to.right(), to);
      points = {{start, from.bottom()},
                {start, from.bottom() + turn - 2},
                {*along, from.bottom() + turn - 2},
                {*along, to.y - turn},
                {end, to.y - turn},
                {end, to.y}};
    } else {
      const float start = within(along.value_or(middle), from), end = within(start, to);
      points = {{start, from.bottom()}};
      if (start != end) points.insert(points.end(), {{start, to.y - turn}, {end, to.y - turn}});
      points.push_back({end, to.y});
    }
    made_.wires.push_back({std::move(points)});
  }

  const Diagram& diagram_;
  const std::set<std::string>& open_;
  DiagramLayout& made_;
};

}  // namespace

DiagramLayout lay_out(const Diagram& diagram, const std::set<std::string>& open, float width) {
  DiagramLayout made;
  if (diagram.parts().empty()) return made;
  const Rect image{0, 0, width, image_height};
  made.boxes.push_back({-1, image, false});
  Builder builder(diagram, open, made);
  builder.label(-1, image);
  made.height = builder.build(diagram.outermost(), {0, image.bottom(), width, 0}, image);
  return made;
}

}  // namespace cnnlab
