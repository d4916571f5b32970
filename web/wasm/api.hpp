#pragma once
#include <cstddef>
#include <cstdint>

// What WebAssembly offers to JavaScript: plain functions. Two instances of the same program run in a page: one on the
// main thread (lab_…: what is drawn, read and stepped through), one in a worker (train_…). Strings are UTF-8; those
// returned are JSON and live until the next call. Functions that can be given bad input return "" when all went well,
// or one line of text that says what was wrong.
extern "C" {

// ---- The program
/// {"simd":"wasm
/// simd","threads":2,"max_threads":2,"lessons":[{"id","title_en","title_ko","sources":[…],"options":[…]}]}
const char* cnnlab_info();
/// The text of an embedded source file; "" when there is none.
const char* cnnlab_source(const char* path);
void cnnlab_set_threads(int count);
/// Memory for bytes that JavaScript passes in.
uint8_t* cnnlab_alloc(size_t size);
void cnnlab_free(uint8_t* memory);

// ---- The lab on its canvas
/// Creates the WebGL context. Without WebGL everything else still works: nothing is drawn.
const char* lab_start(const char* canvas_selector);
/// Lays the panels out for a width in CSS pixels; returns the height that they need.
float lab_layout(float css_width, float device_pixel_ratio);
/// Draws one frame if anything changed. Returns 1 while something is still moving and wants another frame.
int lab_frame(double milliseconds);
void lab_set_theme(int dark);
void lab_set_language(const char* language);  ///< "en" or "ko"

enum PointerKind { pointer_move = 0, pointer_down = 1, pointer_up = 2, pointer_leave = 3 };
/// Every pointer event in its order (also coalesced ones), in CSS pixels from the canvas's corner. None is lost between
/// frames.
void lab_pointer(int kind, float x, float y);
/// {"x","y","width","height"} of the drawing pad in CSS pixels from the canvas's corner.
const char* lab_pad();
void lab_clear();
void lab_undo();
/// {"digit":7,"probabilities":[…]}, or null while the pad is empty or no network is loaded.
const char* lab_prediction();
/// Switches stages of normalising on or off: {"crop":true,"scale":true,"center":true}.
const char* lab_set_stages(const char* json);

/// Chooses the lesson whose network reads, with its options as JSON.
const char* lab_set_lesson(const char* id, const char* options);
/// Loads safetensors bytes into the lab's network; `name` is for the error text.
const char* lab_load(const uint8_t* bytes, size_t size, const char* name);
/// The lab's network as safetensors; writes the size.
const uint8_t* lab_weights(size_t* size);

// ---- The trace
/// Runs the network forward and backward on one image, 28·28 bytes, light on dark, or on the drawing for null; and
/// records it.
const char* lab_trace_run(const uint8_t* pixels, int label);
/// Steps of the recorded run: its ops forward, then its gradients backward.
int lab_trace_length();
/// Shows a step (clamped to those there are).
void lab_trace_go(int index);
/// {"index","phase":"forward"|"backward","op","path","file","line","shape":[…],"inputs":[{"name","shape"}…],"parameters",
///  "multiply_adds","milliseconds","frames":[{"module","file","line"}…],"minimum","maximum","mean", …}: all that the
///  page says in
/// words.
const char* lab_trace_state();

/// An event of the training run for the curve: the JSON of train_advance.
void lab_training_event(const char* json);
/// Empties the curve.
void lab_training_reset();

// ---- Training, in the worker
/// {"lesson":"inception","options":{},"seed":1,"lr":0.01,"momentum":0.5,"batch":64,"epochs":9,"window":10000,"total":60000,
///  "augment":false,"weights":true|false …}: a new run from a seed's initial weights.
const char* train_create(const char* json);
/// A piece of the data: images (count·28·28 bytes) and labels; `test` 0 or 1. Pieces of the training set come in order.
const char* train_add_data(int test, const uint8_t* images, const uint8_t* labels, int count);
/// Trains (or tests) for at least one batch and about `milliseconds`:
/// {"state":"training"|"testing"|"waiting"|"finished"|
/// "failed","epoch","step","steps_per_epoch","loss","images_per_second","threads","events":[…as in the trainer's
/// log…],"error"}.
const char* train_advance(double milliseconds);
/// Tests on the first `limit` test images now: {"loss","correct","total"}.
const char* train_test(int limit);
const char* train_set_sgd(double lr, double momentum);
const char* train_load(const uint8_t* bytes, size_t size, const char* name);
const uint8_t* train_weights(size_t* size);
}
