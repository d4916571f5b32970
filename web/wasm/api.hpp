#pragma once
#include <cstddef>
#include <cstdint>

// What WebAssembly offers to JavaScript: plain functions. Two instances of the same program run in a page: one on the
// main thread (lab_…: what is drawn, read and stepped through), one in a worker (train_…). Strings are UTF-8; those
// returned are JSON and live until the next call. Functions that can be given bad input return "" when all went well,
// or one line of text that says what was wrong.
extern "C" {

// ---- The program
/// {"simd":"wasm simd","threads","max_threads","lessons":[{"id","title_en","title_ko","sources":[…],
///  "options":[{"name","initial","least","most","help"}]}]}
const char* cnnlab_info();
/// The text of an embedded source file; "" when there is none.
const char* cnnlab_source(const char* path);
/// 1 … max_threads. The instance in a page's main thread begins with 1, since nothing may wait there; that in a worker
/// with as many as are of use.
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
/// "draw", "step", "look" or "train": whose panels are laid out and drawn. lab_layout comes next.
void lab_set_view(const char* view);
/// The view's panels in CSS pixels from the canvas's corner: [{"title","x","y","width","height"}…].
const char* lab_panels();
/// What panels have to say since the last call, as a list: [{"type":"layout"} (lay out again), …].
const char* lab_said();

enum PointerKind { pointer_move = 0, pointer_down = 1, pointer_up = 2, pointer_leave = 3 };
/// Every pointer event in its order (also coalesced ones), in CSS pixels from the canvas's corner. None is lost between
/// frames.
void lab_pointer(int kind, float x, float y);
/// {"x","y","width","height"} of the drawing pad in CSS pixels from the canvas's corner; all 0 in a view without it.
const char* lab_pad();
void lab_clear();
void lab_undo();
void lab_redo();
/// {"text","undo","redo"}: the drawing as a short text for an address, "" when nothing is drawn; whether there is
/// something to undo and to redo.
const char* lab_drawing();
/// Draws what lab_drawing's text says; "" clears.
const char* lab_set_drawing(const char* text);
/// Fills (ink 1) or empties (0) a cell of the pad's grid of 28×28, for drawing by keyboard; −1 only asks. Returns
/// whether it is filled.
int lab_cell(int row, int column, int ink);
/// The pen: how many pixels wide its strokes are in the network's picture.
void lab_set_pen(double pixels);
/// What the network sees, 28·28 bytes, light on dark; null while nothing is drawn.
const uint8_t* lab_seen();
/// {"digit":7,"probabilities":[…]}, or null while the pad is empty or no network is loaded.
const char* lab_prediction();
/// Switches stages of normalising on or off: {"crop":true,"scale":true,"center":true}.
const char* lab_set_stages(const char* json);
/// What would be read with one stage switched the other way: {"crop":{"digit","probability"},"scale","center"}; {}
/// while nothing is read.
const char* lab_stage_readings();

/// Chooses the lesson whose network reads, with its options as JSON.
const char* lab_set_lesson(const char* id, const char* options);
/// Loads safetensors bytes into the lab's network; `name` is for the error text.
const char* lab_load(const uint8_t* bytes, size_t size, const char* name);
/// The lab's network as safetensors; writes the size.
const uint8_t* lab_weights(size_t* size);

// ---- The trace
/// Learning rate and momentum of the runs that are recorded from now on (first 0.01 and 0).
const char* lab_trace_sgd(double lr, double momentum);
/// Runs a training step on one image, 28·28 bytes, light on dark, or on the drawing for null; and records it. The
/// weights stay as they are.
const char* lab_trace_run(const uint8_t* pixels, int label);
/// Steps of the recorded run: its ops forward, then its gradients backward, then each parameter's update.
int lab_trace_length();
/// Shows a step (clamped to those there are).
void lab_trace_go(int index);
/// Where a debugger's moves lead from the step that is shown: the index of a step.
int lab_trace_into();
int lab_trace_over();
int lab_trace_out();
/// The next step at which one of these lines begins to run ("lessons/training.hpp:14,…"), else the last step.
int lab_trace_to_break(const char* places);
/// All lines that run: [{"file","line"}…].
const char* lab_trace_lines();
/// All that the page says in words, or null when nothing was recorded:
/// {"index","length","phase":"forward"|"backward"|"update","op","path","name","file","line","shape":[…],
///  "output_shape":[…],"inputs":[{"name","shape","kind":"parameter"|"step"|"image","step"}…],"parameters",
///  "multiply_adds","milliseconds","frames":[{"module","file","line"}…],"label","in":[T…],"shown":[T…],"minimum",
///  "maximum","mean","hints":[{"file","line","name","shape","value","gradient","fresh"}…]}
/// where T is {"name","shape","minimum","maximum","largest_at","mean","norm","zeros"}.
/// What is shown is the op's output; on the way back the gradients that it passed to its inputs, each with "ways" and
/// "ways_so_far" (how many ops used that input, and how many of their gradients have come); in the update ("op":"sgd")
/// the new value. "in" are the op's inputs; the gradient of its output; the old value and the gradient. "shape",
/// "minimum", … are those of the first that is shown. Besides, where they mean something: "out_channels",
/// "in_channels", "bias" (conv2d, linear), "kernel", "stride", "padding" (with a window), "blocked" (relu: inputs that
/// are not positive), "lr", "momentum", "example":{"element","before","gradient","old_velocity","velocity","after"}
/// (update), and on the way back and in the update "paths":[{"name","step","norm","share"}…], by which the gradient
/// came.
const char* lab_trace_state();
/// Points at a number of a tensor that is shown; element −1 at none.
void lab_trace_pick(int tensor, int element);
/// The number that is pointed at, else the largest, or null while nothing is recorded:
/// {"tensor","element","name","position":[…],"value","sum"}. "sum" is how it came about, as a formula in the lab's
/// language; "" where there is none.
const char* lab_trace_picked();

// ---- The look inside: of the recorded run
/// {"parts":[{"id","name","path","op","parent","depth","holds","output":[…],"parameters","multiply_adds",
///  "can":["off","fresh","pass"]}…],"parameters","multiply_adds"}: what the network is made of
///  (lib/inspect/diagram.hpp).
const char* lab_look_network();
/// Which modules show what they hold: ids, separated by commas. lab_layout comes next.
void lab_look_open(const char* ids);
/// Chooses a part by its id, or none.
void lab_look_choose(const char* id);
/// The chosen part, or null: {"id","op","output":[…],"values":{"count","zeros","not_finite","minimum","maximum","mean",
///  "deviation","histogram":[…]},"channels":[{"minimum","maximum","mean","zeros"}…],"weight":{"shape","values"}|null,
///  and for up to 24 values "numbers":[…]}.
const char* lab_look_chosen();
/// Where the diagram's blocks lie, in CSS pixels from the canvas's corner: [{"id","x","y","width","height","open"}…].
const char* lab_look_boxes();
/// Asks what the image's pixels did for a class (−1: the one that was read): "gradient" or "occlusion".
void lab_look_ask(const char* method, int label);
/// Works on the answer for about `milliseconds`; returns 1 while there is more to do.
int lab_look_advance(double milliseconds);
/// {"method","label","progress","probabilities":[…], and when it is done "most_for":{"row","column","value"},
///  "most_against","sum","map":[…],"width"}
const char* lab_look_pixels();
/// Changes parts of the network: {"incept1.branch1x1":"off"|"fresh"|"pass",…}; {} is the network as it was trained.
const char* lab_cut(const char* json);
/// What the network as it was trained says of the run's image, and what the cut one says: {"before":[…],"after":[…]},
/// or null when nothing was recorded.
const char* lab_cut_answers();

// ---- What the view "train" shows
/// The runs whose curves are compared, the current one last: [{"name","color" (its number),"current":bool,
///  "recorded":bool,"layers":bool (whether its norms are shown),"events":[those of train_advance]}…].
const char* lab_training_runs(const char* json);
/// Adds the events of a train_advance to the current run.
const char* lab_training_event(const char* json);
/// {"logarithmic":bool,"norms":"gradient"|"weight","parameter":whose numbers are shown}; what is not named stays.
const char* lab_training_view(const char* json);
/// The confusion matrix [label][answer] and its chosen cell: {"counts":[[…]…],"label","answer"}.
const char* lab_training_confusion(const char* json);
/// 28·28 bytes of the digit whose reading is watched, or null for the drawing.
void lab_training_digit(const uint8_t* pixels);

// ---- Counting what a cut network still reads, in a worker
/// Chooses the network, and forgets images and weights.
const char* score_create(const char* lesson, const char* options);
const char* score_add_images(const uint8_t* images, const uint8_t* labels, int count);
const char* score_load(const uint8_t* bytes, size_t size, const char* name);
/// Begins to test with cuts as in lab_cut.
const char* score_begin(const char* cuts);
/// Tests the next images: {"correct","total","of"}, or {"error"}.
const char* score_advance();

// ---- Training, in the worker
/// A new run from a seed's initial weights. All but the lesson may be left out:
/// {"lesson":"inception","options":{},"seed":1,"lr":0.01,"momentum":0.5,"batch":64,"epochs":9,"augment":false,
///  "data":"mnist","total":60000,"test_total":10000,"window":10000,"log_every":10,"norms_every":0}.
/// Data stays from run to run, until its name or its total changes.
const char* train_create(const char* json);
/// A piece of the data: images (count·28·28 bytes) and labels; `test` 0 or 1. Pieces come in order. A run begins when
/// the first of both sets are there, and waits at an epoch's last batch until the whole test set is.
const char* train_add_data(int test, const uint8_t* images, const uint8_t* labels, int count);
/// Trains (or tests) for at least one batch and about `milliseconds`; "waiting" when the next images are not there yet:
/// {"state":"training"|"testing"|"waiting"|"finished"|"failed","epoch","epochs","step","steps_per_epoch","loss",
///  "images_left","images_per_second","threads","events":[
///   {"event":"step","epoch","step","loss","images_per_second","train_correct","train_total"},
///   {"event":"epoch","epoch","step","train_loss","train_seconds","train_correct","train_total","test_loss",
///    "test_correct","test_total"},
///   {"event":"norms","epoch","step","norms":[{"name","gradient","weight"}]}],"error"}.
const char* train_advance(double milliseconds);
/// Tests on the first `limit` test images that are there, now: {"loss","correct","total"} or
/// {"state":"failed","error"}.
const char* train_test(int limit);
/// What was answered in the last test that came to its end, of an epoch or by train_test, image by image: losses
/// (floats), then labels, then answers (a byte each).
const uint8_t* train_answers(size_t* size);
/// New values from the next batch on: {"lr","momentum","batch","epochs"}; what is not named stays.
const char* train_set(const char* json);
/// All that is needed to go on later, bit for bit; and goes on, called after train_create and before train_advance. The
/// settings are then the checkpoint's.
const uint8_t* train_checkpoint(size_t* size);
const char* train_resume(const uint8_t* bytes, size_t size, const char* name);
const char* train_load(const uint8_t* bytes, size_t size, const char* name);
const uint8_t* train_weights(size_t* size);
/// What the run's network costs: {"parameters","multiply_adds" (for one image),"memory" (bytes of tensors, the most at
/// once in a step with the run's batch)} or {"state":"failed","error"}. Takes as long as two steps do.
const char* train_cost();
}
