#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

namespace cnnlab {

/// The sizes of a tensor, outermost first: (N, C, H, W) for images, (O, I, H, W) for convolution weights, (N, F) for
/// features, () for one number. At most four dimensions, every size at least 0.
class Shape {
 public:
  static constexpr int max_rank = 4;

  Shape() = default;
  Shape(std::initializer_list<int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// Throws Error when there are more than four sizes, one is negative, or their product does not fit 63 bits.
  explicit Shape(std::span<const int64_t> sizes);

  int rank() const { return rank_; }
  /// The size of dimension `axis`; −1 is the last. Throws Error when there is no such dimension.
  int64_t operator[](int axis) const;
  /// The number of elements; 1 for ().
  int64_t numel() const;
  std::span<const int64_t> sizes() const { return {sizes_.data(), static_cast<size_t>(rank_)}; }
  /// The same shape with dimension `axis` (may be negative) set to `size`.
  Shape with(int axis, int64_t size) const;
  /// `axis` counted from the front; throws Error when it is outside −rank … rank − 1.
  int normalize_axis(int axis) const;

  bool operator==(const Shape&) const = default;
  /// "(64, 10, 12, 12)", as PyTorch prints it.
  std::string str() const;

 private:
  std::array<int64_t, max_rank> sizes_{};
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace cnnlab
