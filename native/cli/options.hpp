#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lessons/lesson.hpp"
#include "lib/io/safetensors.hpp"
#include "lib/train/checkpoint.hpp"
#include "native/cli/command.hpp"
#include "native/cli/datasets.hpp"
#include "native/device.hpp"

// The options that several commands share.
namespace cnnlab {

constexpr int64_t default_seed = 1;

/// `--lesson ID` and `--set name=value`: which network.
struct NetworkChoice {
  std::string lesson;  ///< empty: the shipped default
  std::vector<std::string> set;

  void add_to(OptionList& list, std::string help = "");
  /// The lesson and all options of its network. UsageError for a bad `--set`.
  NetworkName name() const;
  /// The same, but what was not chosen is taken from a weights file.
  NetworkName name_for(const StateFile& weights) const;
};

/// `--device`, `--tf32` and `--threads`.
struct DeviceChoice {
  std::string device = "cpu";
  bool tf32 = false;
  std::optional<int64_t> threads{};

  void add_to(OptionList& list);
  /// Sets the threads, and opens the device: null is the processor. What is to be computed there has to be moved there.
  Device* use() const;
  /// The same for so many cards, the first of which is the chosen one; null for one device alone, which `use` opens.
  DeviceGroup* use_group(int64_t gpus) const;

 private:
  CudaOptions card() const;
};

/// A network and what it is.
struct Network {
  const Lesson* lesson;
  NetworkName name;
  std::shared_ptr<nn::Module> module;
};
/// A new network, for the images that `name` says, or else for the lesson's; its weights depend on the seed alone.
Network make_network(const NetworkName& name, int64_t seed = default_seed);

/// The network of `--weights FILE`, or without it the lesson's trained one that comes with the program. Throws Error
/// when there is neither. `data`: what it is to read, where that is chosen; else the file says it.
Network load_network(const NetworkChoice& choice, const std::string& weights_path, const DataChoice* data = nullptr);

/// `--weights FILE`, for load_network.
void add_weights_option(OptionList& list, std::string& path);

/// "depth=20 width=4", or "" for a lesson without options.
std::string describe_options(const std::map<std::string, int64_t>& options);

}  // namespace cnnlab
