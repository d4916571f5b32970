#pragma once
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/nn/module.hpp"

namespace cnnlab {

/// A whole number that a lesson's network can be built with (`--set depth=20`), and what it may be.
struct LessonOption {
  std::string name;
  int64_t initial, least, most;
  std::string help, help_ko{};
  int64_t step = 1;  ///< between values that it may have, from `least` on

  bool allows(int64_t value) const;
  /// "8 to 56 in steps of 6"
  std::string range() const;
};
/// Chosen values by name; what is not named has its initial value.
using LessonOptions = std::map<std::string, int64_t>;

/// What networks of a lesson are called where several lessons' networks are trained side by side
/// (lessons/contestant.hpp): "plain20" is the name "plain" and the value of the option "depth".
struct RacingName {
  std::string name;                ///< without digits
  std::string title_en, title_ko;  ///< "{}" stands for the value
  std::string option{};            ///< "": the name stands for one network, and no value follows it
  LessonOptions fixed{};           ///< what else makes the network what its name says
};

/// A source file as it was when this program was compiled.
struct SourceFile {
  std::string_view path;  ///< relative to the source tree, as in CallSite
  std::string_view text;
};

/// One lesson: a network, what it is called, and the code that a learner reads. Nothing outside lessons/ knows one by
/// name.
struct Lesson {
  std::string id;      ///< "inception"
  std::string folder;  ///< "lessons/02_inception"
  std::string title_en, title_ko;
  Shape input;  ///< of one image, (C, H, W), unless another is asked for
  std::vector<LessonOption> options;
  std::vector<std::string> sources;  ///< paths of the code that the learner steps through
  std::function<std::shared_ptr<nn::Module>(const LessonOptions&, const Shape& input)> build;
  std::vector<Shape> other_inputs{};  ///< that it can be built for as well
  std::vector<RacingName> racing{};

  /// Whether its network can be built for such images.
  bool reads(const Shape& image) const;
  /// All options: the chosen ones, and the others with their initial values. Throws Error for an option that it does
  /// not have or a value that it may not have.
  LessonOptions complete(LessonOptions chosen) const;
  /// A new network with freshly initialised parameters, for images of the lesson's input or of `image`, (C, H, W).
  /// Throws like `complete`, and for images that it cannot read.
  std::shared_ptr<nn::Module> make(LessonOptions chosen = {}, const Shape& image = {}) const;
};

/// "32x32 images with 3 channels", of (3, 32, 32).
std::string describe_images(const Shape& image);

/// All lessons in the order in which they are read.
std::span<const Lesson> lessons();
/// The lesson with this id; Error naming the ones that exist.
const Lesson& find_lesson(std::string_view id);
/// The lesson that a command is about when none is named: that of the network which the source lesson trains.
const Lesson& default_lesson();

/// The sources of all lessons, embedded at build time.
std::span<const SourceFile> lesson_sources();

}  // namespace cnnlab
