#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/inspect/attribution.hpp"
#include "lib/inspect/diagram.hpp"
#include "lib/inspect/statistics.hpp"
#include "lib/nn/surgery.hpp"

namespace cnnlab {

/// What is looked at inside the network: the recorded run as a diagram, the part that was chosen, and what the pixels
/// of the run's image did for an answer.
class Look {
 public:
  enum class Method { gradient, occlusion };

  /// Takes a run over: its records and its image. The choices stay, where the network has such parts.
  void follow(std::vector<Tape::Record> records, std::shared_ptr<nn::Module> model, Tensor image);
  void clear();

  const Diagram& diagram() const { return diagram_; }
  /// Which modules show what they hold, by id; ids that there are not are of no effect.
  void open(std::set<std::string> ids);
  const std::set<std::string>& opened() const { return open_; }
  /// Chooses the part with this id; "" or one that there is not: none.
  void choose(const std::string& id);
  const Diagram::Part* chosen() const;
  /// What the chosen part gave out; null when none is chosen.
  const Tensor* output() const;
  /// The weights that the chosen part's only op read, (O, I, K, K) or (O, I); null when it has none.
  const Tensor* weight() const;
  /// Whether a part is a 1×1 convolution.
  bool one_by_one(const Diagram::Part& part) const;

  /// Asks what the pixels did for a class, or for the answer that was read (−1). `advance` works it out.
  void ask(Method method, int label);
  /// Works for about `milliseconds`, at least on one place; returns false when all is done.
  bool advance(double milliseconds);
  Method method() const { return method_; }
  /// The class that is asked about.
  int label() const;
  /// 0 … 1
  double progress() const;
  /// The pixels' shares (H, W); null while nothing was asked or is known.
  const Tensor* attribution() const;
  /// The log-odds of the class that is asked about, on the whole image.
  float odds() const;
  const Tensor& image() const { return image_; }
  /// The network's output in the run, log-probabilities (1, classes); null when nothing was recorded.
  const Tensor* answer() const;

  /// The chosen part as JSON, as web/wasm/api.hpp lists it; "null" when none is.
  std::string describe_chosen() const;
  /// All parts as JSON.
  std::string describe_network() const;
  std::string describe_attribution() const;

  /// Counts up with every change of what is shown.
  int version() const { return version_; }

 private:
  const Tensor* weight_of(const Diagram::Part& part) const;

  std::vector<Tape::Record> records_;
  std::shared_ptr<nn::Module> model_;
  Tensor image_;
  Diagram diagram_;
  std::set<std::string> open_;
  std::string chosen_;
  Method method_ = Method::gradient;
  int asked_ = -1;
  std::optional<Occlusion> occlusion_;
  std::optional<Tensor> gradient_;
  double milliseconds_a_place_ = 1;
  int version_ = 0;
};

}  // namespace cnnlab
