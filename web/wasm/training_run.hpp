#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "lib/train/checkpoint.hpp"
#include "web/wasm/answer_sheet.hpp"

namespace cnnlab {

/// Training in the worker: a run of the lesson's network on data that arrives piece by piece while it trains. The data
/// stays from one run to the next.
class TrainingRun {
 public:
  /// Begins a run, as web/wasm/api.hpp tells. Throws Error for wrong settings; then the run before goes on.
  void create(std::string_view json);
  /// Throws Error when there is no memory planned for the images, or a label is no class.
  void add_data(bool test, const uint8_t* images, const uint8_t* labels, int64_t count);
  /// Trains or tests for at least one batch; returns what happened as JSON. An error ends the run: "failed".
  std::string advance(double milliseconds);
  /// The score on the first `limit` test images that are loaded, as JSON.
  std::string test(int64_t limit);
  /// What was answered in the last test that came to its end, an epoch's or `test`'s.
  const AnswerSheet& tested() const { return tested_; }
  /// New learning rate, momentum, batch size, number of epochs from the next batch on; as JSON, what is not named
  /// stays. Throws Error for what cannot be; then nothing has changed.
  void set(std::string_view json);
  /// All that is needed to go on later, as `resume` does.
  Bytes checkpoint() const;
  /// Lets the run that was just created go on from a checkpoint, with its settings. Throws Error naming `name`.
  void resume(ByteSpan checkpoint, const std::string& name);
  /// Puts weights into the run's network. Throws Error naming `name`; then nothing has changed.
  void load(ByteSpan weights, const std::string& name);
  Bytes weights() const;
  /// What the run's network costs, as JSON; measured on a network of its own, so that nothing of the run changes.
  std::string cost() const;

 private:
  enum class State { training, waiting, finished, failed };
  struct Settings {
    TrainSettings train;
    int64_t train_total = 60000, test_total = 10000;
  };

  static Settings settings_from(const nlohmann::json& json);
  Trainer& trainer();
  bool ready();
  void work(double milliseconds);
  void measure(int64_t images, double seconds);
  std::string report() const;
  const TrainProgress& progress() const;
  int64_t images_seen() const;
  void expect_network() const;

  std::string data_name_;
  Dataset train_{.name = "train", .height = 28, .width = 28}, test_{.name = "test", .height = 28, .width = 28};
  NetworkName network_;
  std::shared_ptr<nn::Module> model_;
  Settings settings_;
  std::unique_ptr<Trainer> trainer_;  // made when the first images are there
  StateFile resume_;                  // what it goes on from, until then
  TrainProgress start_;               // where that stood
  AnswerSheet now_tested_, tested_;
  State state_ = State::waiting;
  bool testing_ = false;
  std::string error_;
  double images_per_second_ = 0;
  nlohmann::ordered_json events_;
};

}  // namespace cnnlab
