#include "web/wasm/api.hpp"
#include "web/wasm/guard.hpp"
#include "web/wasm/instance.hpp"
#include "web/wasm/training_run.hpp"

namespace {

cnnlab::TrainingRun& run() {
  static cnnlab::TrainingRun only;
  return only;
}

// Functions that return JSON report their error in it.
template <class Work>
const char* json_or_error(std::string& text, const Work& work) {
  try {
    text = work();
  } catch (const std::exception& error) {
    text = nlohmann::json{{"state", "failed"}, {"error", error.what()}}.dump();
  }
  return text.c_str();
}

// What such a function returns lives until its next call.
template <class Work>
const uint8_t* bytes_or_none(size_t* size, const Work& work) {
  static cnnlab::Bytes bytes;
  bytes.clear();
  cnnlab::guarded([&] { bytes = work(); });
  *size = bytes.size();
  return bytes.data();
}

// Changes what the view "train" shows.
template <class Work>
const char* change(const Work& work) {
  return cnnlab::guarded([&] {
    work(cnnlab::lab().train());
    cnnlab::lab().redraw(cnnlab::View::train);
  });
}

}  // namespace

extern "C" {

// ---- In the instance that draws
const char* lab_training_runs(const char* json) {
  return change([&](auto& board) { board.runs.set(json); });
}

const char* lab_training_event(const char* json) {
  return change([&](auto& board) { board.runs.add(json); });
}

const char* lab_training_view(const char* json) {
  return change([&](auto& board) { board.set(json); });
}

const char* lab_training_confusion(const char* json) {
  return change([&](auto& board) { board.set_confusion(json); });
}

void lab_training_digit(const uint8_t* pixels) {
  change([&](auto& board) {
    board.watched.assign(pixels, pixels ? pixels + 28 * 28 : pixels);
    ++board.watched_version;
  });
}

// ---- In the worker
const char* train_create(const char* json) {
  return cnnlab::guarded([&] { run().create(json); });
}

const char* train_add_data(int test, const uint8_t* images, const uint8_t* labels, int count) {
  return cnnlab::guarded([&] { run().add_data(test != 0, images, labels, count); });
}

const char* train_advance(double milliseconds) {
  static std::string text;
  return json_or_error(text, [&] { return run().advance(milliseconds); });
}

const char* train_test(int limit) {
  static std::string text;
  return json_or_error(text, [&] { return run().test(limit); });
}

const char* train_set(const char* json) {
  return cnnlab::guarded([&] { run().set(json); });
}

const char* train_resume(const uint8_t* bytes, size_t size, const char* name) {
  return cnnlab::guarded([&] { run().resume({bytes, size}, name); });
}

const char* train_load(const uint8_t* bytes, size_t size, const char* name) {
  return cnnlab::guarded([&] { run().load({bytes, size}, name); });
}

const uint8_t* train_weights(size_t* size) {
  return bytes_or_none(size, [] { return run().weights(); });
}

const uint8_t* train_checkpoint(size_t* size) {
  return bytes_or_none(size, [] { return run().checkpoint(); });
}

const char* train_cost() {
  static std::string text;
  return json_or_error(text, [] { return run().cost(); });
}

const uint8_t* train_answers(size_t* size) {
  return bytes_or_none(size, [] { return run().tested().bytes(); });
}
}
