#pragma once
#include <span>
#include <string>

#include "lessons/lesson.hpp"
#include "lib/data/dataset.hpp"
#include "native/cli/command.hpp"

namespace cnnlab {

/// A data set that `--data` knows.
struct DatasetInfo {
  const char* name;
  const char* title;
  Shape image;                ///< (C, H, W)
  int64_t train, test;        ///< images
  const char* how_to_get_it;  ///< what to do when it is missing
  bool drawn;                 ///< --augment bends the strokes; else it crops and mirrors
};
std::span<const DatasetInfo> datasets();
const DatasetInfo& find_dataset(const std::string& name);

/// `--data` and `--data-dir`.
struct DataChoice {
  std::string name = "mnist";
  std::string folder;  ///< empty: where ./lab puts it

  void add_to(OptionList& list);
  void add_name_to(OptionList& list);
};

/// Where a data set is looked for without --data-dir: $CNNLAB_DATA/NAME, else build/data/NAME beside the program.
std::string default_folder(const std::string& name);

/// The shape of the chosen data's images. Throws Error when the lesson's network cannot be built for them.
Shape input_for(const DataChoice& choice, const Lesson& lesson);

/// Reads the chosen data. Throws Error when it is missing, damaged, or the lesson's network cannot be built for its
/// images.
DataSplit load_data(const DataChoice& choice, const Lesson& lesson);

}  // namespace cnnlab
