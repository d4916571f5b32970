#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/autograd/tape.hpp"
#include "lib/nn/module.hpp"

// What the checks of all homework share. A check is a function that throws Error when something is wrong, with one
// sentence that says what, and where to look. Nothing that a learner's code throws gets through.
namespace cnnlab::homework {

using Net = std::shared_ptr<nn::Module>;

/// `what` is true when `run` throws nothing.
struct Check {
  std::string what;
  std::function<void()> run;
};

class Checks {
 public:
  virtual ~Checks() = default;
  /// Runs one check after the other, up to the first that fails: those behind build on it. Whether all passed.
  bool chain(const std::vector<Check>& checks);

 protected:
  virtual void begins(const std::string& what) = 0;
  /// `fault` is "", or the sentence.
  virtual void ends(const std::string& what, const std::string& fault) = 0;
};

/// What a module did with an input.
struct Run {
  std::string who;  ///< "BasicBlock(16, 16, 1)"
  Variable x, y{};
  std::vector<Tape::Record> records{};  ///< of what ran, up to an error
  std::string error{};                  ///< what was thrown; "" when nothing was
  std::optional<Tape::Place> failed{};  ///< the op that threw it, when it was one
};

/// Makes a module, with the same initial weights every time. Throws Error when its constructor throws.
Net make(const std::string& who, const std::function<Net()>& maker);
/// Runs it as in training on x, of which the gradient is wanted too.
Run run(const std::string& who, nn::Module& module, const Tensor& x);

/// Throws Error when the run computed nothing or threw; then `hint` says what to do about it.
void check_computed(const Run& run, const std::string& hint);
/// The sentence for a run that threw.
std::string failure(const Run& run, const std::string& hint);

/// What a part of a net has to give out, and why.
struct Stage {
  std::string path;      ///< "layer2"
  Shape shape;           ///< of its output
  std::string size;      ///< what to look at when height, width or channels of the output are wrong
  std::string channels;  ///< what to look at when it gets channels or features that it was not made for
};
/// Throws Error for the first stage that gives out something else, does not run, or fails; and unless the run's output
/// is the last stage's, as logarithms of probabilities.
void check_stages(const nn::Module& module, const Run& run, const std::vector<Stage>& stages);

/// A learner's parameter beside that of the reference.
struct Pair {
  std::string name;  ///< in the reference
  Variable own, reference;
};
/// Pairs them by name, or by order where the names differ but all shapes agree. Throws Error for parameters that cannot
/// be paired.
std::vector<Pair> pair(const std::string& who, const nn::Module& own, const nn::Module& reference);
/// Throws Error when the learner's module with the reference's weights does something else than the reference.
void check_same_answers(const std::string& who, nn::Module& own, nn::Module& reference, const Shape& input);

/// The gradient of the sum of all outputs with respect to the run's input. Throws Error when none gets there.
Tensor input_gradient(const Run& run);

/// Standard normal numbers, the same ones every time.
Tensor normal(const Shape& shape, uint64_t seed = 1);
/// "lessons/homework/dense.hpp:41"
std::string at(CallSite site);
/// "(lessons/homework/dense.hpp:41)": the learner's line that led to an op, in a module of another file too.
std::string at(const Tape::Record& record);
/// Where the module called `name` was called, of an op that ran in it.
CallSite call_of(const std::vector<Frame>& frames, const std::string& name);
/// Whether `path` is the part or lies in it: "layer2.0.conv1" lies in "layer2".
bool inside(const std::string& path, const std::string& part);
/// The record of the op that made a value; null for what came from outside.
const Tape::Record* maker_of(const Run& run, const Variable& value);
/// "1,019,722"
std::string grouped(int64_t number);

}  // namespace cnnlab::homework
