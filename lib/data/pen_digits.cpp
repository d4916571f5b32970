#include "lib/data/pen_digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/data/digit.hpp"

namespace cnnlab {
namespace {

// A point that the pen passes; at a corner it changes direction at once instead of going round.
struct Knot {
  double x, y;
  bool corner = false;
};
constexpr bool corner = true;
using Path = std::vector<Knot>;
struct Form {
  std::vector<Path> paths;
  double narrow = 0.45, wide = 0.9;  // width over height
};

// The usual ways to write each digit.
const std::vector<Form>& forms(int digit) {
  static const std::array<std::vector<Form>, 10> all{{
      {
          {{{{.55, 0}, {.2, .12}, {0, .5}, {.2, .9}, {.5, 1}, {.85, .85}, {1, .5}, {.85, .12}, {.5, .01}}}, .55, 1},
          {{{{.7, .05}, {.3, .03}, {.02, .45}, {.25, .95}, {.7, .95}, {1, .5}, {.75, .08}, {.35, .1}}}, .55, 1},
          {{{{.55, 0}, {.1, .2}, {.05, .75}, {.5, 1}, {.95, .75}, {.9, .2}, {.5, .02}}, {{.95, 0}, {.05, 1}}}, .55, .9},
          {{{{.55, 0}, {.1, .2}, {.05, .75}, {.5, 1}, {.95, .75}, {.9, .2}, {.5, .02}}, {{0, .55}, {1, .45}}}, .55, .9},
          {{{{.6, 0}, {.2, .1}, {0, .55}, {.35, 1}, {.8, .9}, {1, .45}, {.8, .08}, {.55, .03}}}, .55, 1},
      },
      {
          {{{{.5, 0}, {.5, .5}, {.5, 1}}}, .05, .3},
          {{{{.1, .3}, {.6, 0, corner}, {.55, .5}, {.5, 1}}}, .2, .6},
          {{{{0, .45}, {.35, .25}, {.8, 0, corner}, {.75, .5}, {.65, 1}}}, .3, .8},
          {{{{.1, .25}, {.5, 0, corner}, {.5, 1}}, {{.05, 1}, {.95, .98}}}, .3, .7},
          {{{{.35, .22}, {.55, 0, corner}, {.5, 1}}}, .1, .35},
      },
      {
          {{{{.05, .25}, {.35, .01}, {.8, .1}, {.8, .4}, {.4, .72}, {.02, 1, corner}, {.5, .97}, {1, .96}}}},
          {{{{.05, .2},
             {.4, 0},
             {.85, .15},
             {.75, .5},
             {.3, .9},
             {.05, .95},
             {.1, .78},
             {.35, .8},
             {.65, .97},
             {1, .9}}}},
          {{{{.1, .1}, {.5, 0}, {.85, .2}, {.6, .6}, {.1, .98, corner}, {.3, .9}, {.6, .98}, {.95, .9}}}},
      },
      {
          {{{{.05, .12}, {.45, 0}, {.85, .2}, {.4, .47, corner}, {.85, .6}, {.85, .88}, {.5, 1}, {.02, .88}}}},
          {{{{.05, .02}, {.9, 0, corner}, {.4, .42, corner}, {.85, .55}, {.9, .85}, {.5, 1}, {0, .88}}}},
          {{{{.1, .08}, {.6, .02}, {.8, .25}, {.45, .45}, {.35, .5}, {.5, .5}, {.9, .7}, {.6, .98}, {0, .95}}}},
      },
      {
          {{{{.3, 0}, {.2, .3}, {.02, .62, corner}, {.5, .6}, {1, .58}}, {{.7, .3}, {.68, .65}, {.62, 1}}}, .5, .95},
          {{{{.78, 1}, {.76, .5}, {.75, 0, corner}, {.4, .35}, {0, .68, corner}, {1, .66}}}, .5, .95},
          {{{{.4, 0}, {.2, .35}, {.08, .6}, {.25, .68}, {.6, .6}, {.9, .52}}, {{.8, .35}, {.7, .65}, {.5, 1}}},
           .45,
           .85},
          {{{{.15, .05}, {.1, .35}, {.3, .5}, {.75, .45, corner}, {.85, 0, corner}, {.8, .5}, {.75, 1}}}, .4, .8},
          {{{{.4, 0}, {.1, .55}, {.2, .7}, {.6, .6}, {.75, .4, corner}, {.7, .7}, {.55, 1}}}, .35, .7},
      },
      {
          {{{{.9, 0}, {.5, .01}, {.2, .02, corner}, {.12, .42, corner}, {.6, .36}, {.95, .65}, {.65, .97}, {0, .92}}}},
          {{{{.2, .03}, {.15, .42, corner}, {.6, .38}, {.92, .68}, {.55, 1}, {0, .88}},
            {{.18, .03}, {.55, .02}, {1, 0}}}},
          {{{{.85, .02}, {.25, .05, corner}, {.25, .4}, {.7, .5}, {.8, .75}, {.5, .95}, {.05, .98}}}, .4, .8},
      },
      {
          {{{{.75, 0}, {.3, .3}, {.02, .72}, {.35, 1}, {.85, .85}, {.75, .55}, {.35, .52}, {.08, .72}}}, .4, .8},
          {{{{.55, 0}, {.15, .4}, {.05, .8}, {.4, 1}, {.9, .8}, {.6, .55}, {.12, .75}}}, .4, .8},
          {{{{.95, .1}, {.5, .02}, {.1, .4}, {.08, .85}, {.5, 1}, {.9, .75}, {.55, .5}, {.1, .65}}}, .45, .85},
      },
      {
          {{{{0, .03}, {.5, .02}, {.95, 0, corner}, {.6, .5}, {.35, 1}}}, .45, .9},
          {{{{0, .03}, {.5, .02}, {.95, 0, corner}, {.6, .5}, {.35, 1}}, {{.2, .52}, {.9, .48}}}, .5, .9},
          {{{{.05, .2}, {.06, .03, corner}, {.95, 0, corner}, {.55, .5}, {.4, 1}}}, .45, .85},
          {{{{0, .12}, {.2, 0}, {.5, .08}, {.95, .02, corner}, {.65, .45}, {.45, 1}}, {{.25, .55}, {.95, .45}}},
           .5,
           .9},
          {{{{.05, .15}, {.15, .02}, {.45, .06}, {.9, 0, corner}, {.6, .45}, {.35, 1}}, {{.1, .58}, {.8, .5}}},
           .45,
           .9},
      },
      {
          {{{{.8, .12},
             {.4, 0},
             {.12, .2},
             {.5, .46},
             {.9, .75},
             {.5, 1},
             {.08, .78},
             {.45, .48},
             {.85, .25},
             {.75, .08}}},
           .4,
           .8},
          {{{{.5, .46}, {.15, .25}, {.5, 0}, {.85, .25}, {.5, .46}, {.1, .72}, {.5, 1}, {.9, .72}, {.5, .47}}}, .4, .8},
          {{{{.95, .1}, {.6, 0}, {.2, .15}, {.5, .45}, {.8, .75}, {.5, 1}, {.15, .8}, {.5, .45}, {.95, .12}}}, .4, .8},
      },
      {
          {{{{.85, .2}, {.45, 0}, {.08, .25}, {.4, .5}, {.85, .22, corner}, {.82, .6}, {.75, 1}}}, .4, .75},
          {{{{.85, .2}, {.45, 0}, {.08, .25}, {.4, .48}, {.82, .22}, {.9, .6}, {.65, .95}, {.08, .9}}}, .45, .85},
          {{{{.8, .15}, {.4, .02}, {.15, .25}, {.45, .45}, {.8, .15}, {.88, .65}, {.5, 1}, {0, .8}}}, .45, .9},
          {{{{.8, .05}, {.3, .05}, {.2, .4}, {.7, .45}, {.85, .08}, {.75, .5}, {.4, 1}}}, .35, .75},
          {{{{.8, .1}, {.35, 0}, {.1, .2}, {.35, .42}, {.75, .4}, {.85, .6}, {.6, .95}, {.15, 1}}}, .4, .8},
          {{{{.75, .08}, {.3, .02}, {.1, .25}, {.4, .42}, {.75, .35}, {.72, .65}, {.65, 1}}}, .35, .7},
      },
  }};
  return all[static_cast<size_t>(digit)];
}

// Catmull and Rom's spline ("A class of local interpolating splines", 1974) through knots first … last.
void add_curve(std::span<const Knot> knots, Stroke& stroke) {
  constexpr int steps = 6;
  const auto count = static_cast<int64_t>(knots.size());
  const auto at = [&](int64_t i) { return knots[static_cast<size_t>(std::clamp<int64_t>(i, 0, count - 1))]; };
  for (int64_t i = 0; i + 1 < count; ++i) {
    const Knot a = at(i - 1), b = at(i), c = at(i + 1), d = at(i + 2);
    const auto along = [](double p, double q, double r, double s, double t) {
      return q + t / 2 * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
    };
    for (int step = 0; step < steps; ++step) {
      const double t = static_cast<double>(step) / steps;
      stroke.push_back({along(a.x, b.x, c.x, d.x, t), along(a.y, b.y, c.y, d.y, t)});
    }
  }
  stroke.push_back({at(count - 1).x, at(count - 1).y});
}

Stroke smooth(std::span<const Knot> path) {
  Stroke stroke;
  size_t begin = 0;
  for (size_t i = 1; i < path.size(); ++i)
    if (path[i].corner || i + 1 == path.size()) {
      add_curve(path.subspan(begin, i + 1 - begin), stroke);
      begin = i;
    }
  return stroke;
}

}  // namespace

std::vector<Stroke> write_digit(int digit, Random& random) {
  check(digit >= 0 && digit <= 9, "write_digit: ", digit, " is not a digit");
  const std::vector<Form>& ways = forms(digit);
  const Form& form = ways[random.below(ways.size())];
  const double width = random.uniform(form.narrow, form.wide), slant = random.uniform(-0.15, 0.4);
  constexpr double jitter = 0.045;  // standard deviation, of the height
  std::vector<Stroke> strokes;
  for (Path path : form.paths) {
    for (Knot& knot : path) {
      knot.y += jitter * random.normal();
      knot.x = width * knot.x + jitter * random.normal() * std::min(1.0, 2 * width) - slant * (knot.y - 0.5);
    }
    strokes.push_back(smooth(path));
  }
  return strokes;
}

std::vector<uint8_t> draw_pen_digit(int digit, Random& random) {
  constexpr int64_t size = mnist_image_size;
  const std::vector<Stroke> strokes = write_digit(digit, random);
  const Box box = box_around(strokes);
  const double pen = random.uniform(1.8, 3.2);
  const Tensor drawn = draw_strokes(
      strokes, {(mnist_digit_size - pen) / box.longer(), box.centre(), {size / 2, size / 2}}, pen, size, size);
  const Point mass = centre_of_mass(drawn);
  Tensor centred = Tensor::zeros({size, size});
  paste(drawn, std::lround(mnist_mass_centre - mass.y), std::lround(mnist_mass_centre - mass.x), centred);
  std::vector<uint8_t> bytes;
  for (float ink : centred.data()) bytes.push_back(static_cast<uint8_t>(std::lround(255 * ink)));
  return bytes;
}

}  // namespace cnnlab
