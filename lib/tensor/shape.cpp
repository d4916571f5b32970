#include "lib/tensor/shape.hpp"

#include <algorithm>
#include <limits>
#include <ostream>

#include "lib/tensor/error.hpp"

namespace cnnlab {

Shape::Shape(std::span<const int64_t> sizes) : rank_(static_cast<int>(sizes.size())) {
  check(sizes.size() <= max_rank, "shape: at most ", max_rank, " dimensions are supported, got ", sizes.size());
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
  int64_t product = 1;
  for (int i = 0; i < rank_; ++i) {
    check(sizes[i] >= 0, "shape: size ", sizes[i], " of dimension ", i, " is negative");
    check(sizes[i] == 0 || product <= std::numeric_limits<int64_t>::max() / sizes[i], "shape: ", *this,
          " is too large");
    product *= sizes[i];
  }
}

int64_t Shape::operator[](int axis) const { return sizes_[normalize_axis(axis)]; }

int64_t Shape::numel() const {
  int64_t product = 1;
  for (int64_t size : sizes()) product *= size;
  return product;
}

Shape Shape::with(int axis, int64_t size) const {
  Shape shape = *this;
  shape.sizes_[normalize_axis(axis)] = size;
  return Shape(shape.sizes());
}

int Shape::normalize_axis(int axis) const {
  check(axis >= -rank_ && axis < rank_, "shape: ", *this, " has no dimension ", axis);
  return axis < 0 ? axis + rank_ : axis;
}

std::string Shape::str() const { return text(*this); }

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << '(';
  for (size_t i = 0; i < shape.sizes().size(); ++i) out << (i ? ", " : "") << shape.sizes()[i];
  return out << (shape.rank() == 1 ? ",)" : ")");
}

}  // namespace cnnlab
