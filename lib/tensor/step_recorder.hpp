#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "lib/tensor/device.hpp"
#include "lib/tensor/error.hpp"

namespace cnnlab {

struct SgdSettings;     // lib/kernels/geometry.hpp
struct AugmentOptions;  // lib/data/augment.hpp
struct CropOptions;

/// Whether this program may have a device that records. The page has none, and is downloaded: it does without the code.
#ifdef __EMSCRIPTEN__
inline constexpr bool may_record = false;
#else
inline constexpr bool may_record = true;
#endif

/// Why a step cannot be recorded: it wants of the CPU what a repetition would not ask again. Nothing was done on the
/// device.
struct NotRecordable : Error {
  using Error::Error;
};

/// What a repeated step found out.
struct StepResult {
  float loss;
  int32_t correct;  ///< images that the network knew before it learned from them
};

/// Records what a training step asks its device to do, once, and repeats it: each repetition is one call, in which the
/// CPU has no part. What changes from step to step lies on the device, where the recorded work reads it: the place in
/// the data, the learning rate, the keys of dropout's masks.
class StepRecorder {
 public:
  StepRecorder() = default;
  virtual ~StepRecorder() = default;
  StepRecorder(const StepRecorder&) = delete;
  StepRecorder& operator=(const StepRecorder&) = delete;

  /// Repetitions whose results may wait on the device; those of more are lost.
  static constexpr int64_t most_waiting = 512;

  /// A data set as bytes, an order of its images, how they are varied, and the batch that is made of them. All spans
  /// are on the device.
  struct Gather {
    std::span<const uint8_t> images, labels;  ///< (all, C, H, W), (all)
    int64_t height, width;
    std::span<const int32_t> order;          ///< places in them
    std::span<const float> mean, deviation;  ///< (C), or empty
    const AugmentOptions* augment;           ///< one of these, which redraws nothing …
    const CropOptions* crop;                 ///< … or null for neither
    uint64_t seed;                           ///< of the numbers that they draw
    std::span<float> batch;                  ///< (N, C, H, W)
    std::span<int32_t> batch_labels;         ///< (N)
  };

  /// Runs a step, and does it. It shows what memory `record` will take, and what for.
  virtual void rehearse(const std::function<void()>& step) = 0;
  /// Runs a step without doing it: its work is kept. `step` returns the loss, of which it looks at that one number
  /// alone. Throws NotRecordable for a step that does otherwise, takes other memory than the rehearsal, uses it
  /// otherwise or brings numbers from the CPU.
  virtual void record(const std::function<float()>& step) = 0;

  // Work for a step that is being recorded.
  /// Makes the loader's batch of the images that the order names from the current position on.
  virtual void gather(const Gather& data) = 0;
  /// Keeps the step's result, of the network's answers `output` (N, classes), and moves the position on by N.
  virtual void tally(int64_t classes, std::span<const float> output, std::span<const int32_t> labels) = 0;

  // For the next repetitions. Nothing is copied where nothing has changed.
  /// In an epoch, whose number random numbers depend on.
  virtual void set_position(int64_t epoch, int64_t position) = 0;
  virtual void set_rates(const SgdSettings& settings) = 0;
  virtual void set_keys(const std::vector<uint64_t>& keys) = 0;
  /// Those of the recorded step, in the order in which it drew them.
  virtual const std::vector<uint64_t>& keys() const = 0;

  virtual void replay() = 0;
  /// Lets the results of all repetitions so far come, while the device works on. At most one sending is under way.
  virtual void send_results() = 0;
  /// Waits for the results that were sent; in the order of the repetitions.
  virtual std::vector<StepResult> receive_results() = 0;
};

/// A device on which steps can be recorded. Its recorders must not outlive it.
class RecordingDevice : public Device {
 public:
  virtual std::unique_ptr<StepRecorder> step_recorder() = 0;
};

}  // namespace cnnlab
