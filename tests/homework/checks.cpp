#include "tests/homework/checks.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include "lib/ops/ops.hpp"
#include "lib/tensor/random.hpp"
#include "tests/support/close.hpp"

namespace cnnlab::homework {
namespace {

// Inside a catch: what was thrown, in words.
std::string thrown() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return "there is not enough memory: is a size far too large, or does a list grow without end?";
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something was thrown that is no std::exception";
  }
}

// The learner's line that led to an op: the first module was called from there, or the op itself.
CallSite own_line(const std::vector<Frame>& frames, CallSite site) {
  if (frames.size() < 2) return site;
  const std::string_view file = frames[1].site.file;
  for (size_t i = frames.size() - 1; site.file != file; --i) site = frames[i].site;
  return site;
}

// What the part gives out; null when it did not run.
const Tape::Record* output_of(const Run& run, const std::string& part) {
  const Tape::Record* last = nullptr;
  for (const Tape::Record& record : run.records)
    if (inside(record.node->path, part)) last = &record;
  return last;
}

// A part that gave nothing: it may not be there, not be called, or the run failed before it.
void check_runs(const nn::Module& module, const Run& run, const Stage& stage, bool passed_over) {
  const auto parameters = module.named_parameters();
  const bool declared = std::ranges::any_of(parameters, [&](const auto& p) { return inside(p.first, stage.path); });
  check(declared, run.who, " has no part \"", stage.path, "\": declare it by add(\"", stage.path,
        "\", …), and let it give ", stage.shape);
  check(!passed_over, run.who, ": ", stage.path, " is declared but never runs: call it in forward");
}

void check_log_probabilities(const Run& run) {
  const int64_t n = run.y.size(0), classes = run.y.size(1);
  for (int64_t row = 0; row < n; ++row) {
    double sum = 0;
    for (const float value : run.y.value().data().subspan(row * classes, classes)) sum += std::exp(value);
    check(std::abs(sum - 1) < 1e-3, run.who, ": the ", classes,
          " answers are no logarithms of probabilities, their exponentials do not add up to 1: forward has to "
          "end with log_softmax");
  }
}

void set_weights(const nn::Module& module) {
  Random random({7});
  for (auto& [name, parameter] : module.named_parameters()) {
    Tensor value = parameter.value();
    const bool filter = value.shape().rank() > 1;
    const int64_t fan_in = filter ? value.numel() / value.size(0) : 1;
    const double size = filter ? std::sqrt(2.0 / static_cast<double>(fan_in)) : 0.2;
    const double middle = !filter && name.ends_with("weight") ? 1 : 0;
    for (float& weight : value.data()) weight = static_cast<float>(middle + size * random.normal());
  }
}

// Where two runs part: the first op that is another one or gives other numbers.
std::string parting(const Run& own, const Run& reference) {
  for (size_t i = 0; i < own.records.size(); ++i) {
    const auto& [node, output] = own.records[i];
    const std::string op = text(node->op, " ", at(own.records[i]));
    if (i >= reference.records.size()) return text("its step ", i + 1, ", ", op, ", is one too many");
    const auto& [expected, wanted] = reference.records[i];
    if (node->op != expected->op) return text("as step ", i + 1, " it runs ", op, ", the reference ", expected->op);
    if (!testing::difference(output.value(), wanted.value(), {.absolute = 1e-3, .relative = 1e-3}).empty())
      return text("they part at step ", i + 1, ", ", op);
  }
  if (own.records.size() == reference.records.size()) return "it does not give back what its last step made";
  return text("it ends after ", own.records.size(), " steps, where the reference goes on with ",
              reference.records[own.records.size()].node->op);
}

}  // namespace

bool Checks::chain(const std::vector<Check>& checks) {
  for (const Check& each : checks) {
    std::string fault;
    begins(each.what);
    try {
      each.run();
    } catch (...) {
      fault = thrown();
    }
    ends(each.what, fault);
    if (!fault.empty()) return false;
  }
  return true;
}

Net make(const std::string& who, const std::function<Net()>& maker) {
  try {
    manual_seed(1);
    return maker();
  } catch (...) {
    fail(text(who, " cannot be made: ", thrown()));
  }
}

Run run(const std::string& who, nn::Module& module, const Tensor& x) {
  Run run{.who = who, .x = Variable(x, true)};
  const Tape tape;
  try {
    run.y = module(run.x);
  } catch (...) {
    run.error = thrown();
    run.failed = tape.unfinished();
  }
  run.records = tape.records();
  return run;
}

std::string failure(const Run& run, const std::string& hint) {
  const std::string tail = hint.empty() ? "" : text(": ", hint);
  if (!run.failed) return text(run.who, ": forward throws: ", run.error, tail);
  const std::string part = run.failed->path.empty() ? std::string(run.failed->op) : run.failed->path;
  return text(run.who, ": ", part, " cannot run (", at(own_line(run.failed->frames, run.failed->site)),
              "): ", run.error, tail);
}

void check_computed(const Run& run, const std::string& hint) {
  if (!run.error.empty()) fail(failure(run, hint));
  check(!run.records.empty(), run.who, ": forward computes nothing yet, it gives back what it got: ", hint);
  check(run.y.defined(), run.who, ": forward returns a Variable that was never given a value");
}

void check_stages(const nn::Module& module, const Run& run, const std::vector<Stage>& stages) {
  const auto failed_in = [&](const Stage& stage) { return run.failed && inside(run.failed->path, stage.path); };
  for (auto stage = stages.begin(); stage != stages.end(); ++stage) {
    if (failed_in(*stage))
      fail(failure(run, run.error.find("kernel does not fit") == std::string::npos ? stage->channels : stage->size));
    const Tape::Record* last = output_of(run, stage->path);
    if (!last) {
      check_runs(module, run, *stage, run.error.empty() || std::any_of(stage + 1, stages.end(), failed_in));
      break;
    }
    check(last->output.shape() == stage->shape, run.who, ": ", stage->path, " gives ", last->output.shape(),
          ", expected ", stage->shape, ": ", stage->size, " (", at(call_of(last->node->frames, stage->path)), ")");
  }
  check_computed(run, "");
  const Shape& shape = stages.back().shape;
  check(run.y.shape() == shape, run.who, " gives ", run.y.shape(), ", expected ", shape);
  check_log_probabilities(run);
}

std::vector<Pair> pair(const std::string& who, const nn::Module& own, const nn::Module& reference) {
  const auto have = own.named_parameters(), want = reference.named_parameters();
  const auto shapes_equal = [](const auto& a, const auto& b) { return a.second.shape() == b.second.shape(); };
  const auto named = [](const auto& list, const std::string& name) {
    return std::ranges::find(list, name, [](const auto& entry) { return entry.first; });
  };
  const bool by_name = std::ranges::all_of(want, [&](const auto& w) { return named(have, w.first) != have.end(); });
  std::vector<Pair> pairs;
  if (!by_name && std::equal(have.begin(), have.end(), want.begin(), want.end(), shapes_equal)) {
    for (size_t i = 0; i < want.size(); ++i) pairs.push_back({want[i].first, have[i].second, want[i].second});
    return pairs;
  }
  const std::string counts = text(who, " has ", grouped(own.parameter_count()), " parameters, expected ",
                                  grouped(reference.parameter_count()), ": ");
  for (const auto& [name, variable] : have) {
    const auto match = named(want, name);
    const std::string it = text(counts, name, " ", variable.shape());
    check(match != want.end() || !name.ends_with("bias"), it,
          " is too much: no convolution here has a bias (.bias = false)");
    check(match != want.end(), it, " is none of the reference's");
    check(match->second.shape() == variable.shape(), it, " should be ", match->second.shape());
  }
  for (const auto& [name, variable] : want) {
    const auto match = named(have, name);
    check(match != have.end(), counts, name, " ", variable.shape(), " is missing");
    pairs.push_back({name, match->second, variable});
  }
  return pairs;
}

void check_same_answers(const std::string& who, nn::Module& own, nn::Module& reference, const Shape& input) {
  set_weights(reference);
  for (auto& [name, mine, wanted] : pair(who, own, reference)) mine.value().copy_from(wanted.value());
  const Tensor x = normal(input, 2);
  const Run mine = run(who, own, x), wanted = run(who, reference, x);
  check_computed(mine, "");
  if (testing::difference(mine.y.value(), wanted.y.value(), {.absolute = 1e-3, .relative = 1e-3}).empty()) return;
  fail(text(who, " gives other numbers than the reference with the same weights: ", parting(mine, wanted)));
}

Tensor input_gradient(const Run& run) {
  check(run.y.requires_grad(), run.who, ": no gradient gets back to its input");
  const Variable row = view(run.y, {1, -1});
  linear(row, Variable(Tensor::full({1, row.size(1)}, 1)), Variable()).backward();
  check(run.x.has_grad(), run.who, ": no gradient gets back to its input");
  return run.x.grad();
}

Tensor normal(const Shape& shape, uint64_t seed) {
  Random random({seed});
  Tensor numbers{shape};
  for (float& number : numbers.data()) number = static_cast<float>(random.normal());
  return numbers;
}

std::string at(CallSite site) { return text(site.file, ":", site.line); }

std::string at(const Tape::Record& record) {
  return text("(", at(own_line(record.node->frames, record.node->site)), ")");
}

CallSite call_of(const std::vector<Frame>& frames, const std::string& name) {
  const auto frame = std::ranges::find(frames, name, &Frame::module);
  return frame == frames.end() ? CallSite{} : frame->site;
}

bool inside(const std::string& path, const std::string& part) {
  return path == part || path.starts_with(text(part, "."));
}

const Tape::Record* maker_of(const Run& run, const Variable& value) {
  const auto it = std::ranges::find(run.records, value, &Tape::Record::output);
  return it == run.records.end() ? nullptr : &*it;
}

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

}  // namespace cnnlab::homework
