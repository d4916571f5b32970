#include "native/cli/options.hpp"

#include <algorithm>
#include <charconv>

#include "lib/kernels/parallel.hpp"
#include "lib/tensor/random.hpp"
#include "native/device.hpp"
#include "native/weights/shipped.hpp"

namespace cnnlab {
namespace {

std::vector<std::string> lesson_ids() {
  std::vector<std::string> ids;
  for (const Lesson& lesson : lessons()) ids.push_back(lesson.id);
  return ids;
}

// One "name=value" of --set.
void apply_set(const Lesson& lesson, const std::string& setting, std::map<std::string, int64_t>& options) {
  const size_t equals = setting.find('=');
  const std::string name = setting.substr(0, equals);
  const auto option = std::ranges::find(lesson.options, name, &LessonOption::name);
  if (option == lesson.options.end()) {
    std::string known;
    for (const LessonOption& o : lesson.options) known += (known.empty() ? "" : ", ") + o.name;
    throw UsageError(text("--set ", setting, ": lesson ", lesson.id, " has ",
                          known.empty() ? "no options" : text("no option \"", name, "\"; it has: ", known)));
  }
  int64_t value = 0;
  const char* end = setting.data() + setting.size();
  const char* begin = equals == setting.npos ? end : setting.data() + equals + 1;
  const auto [stop, problem] = std::from_chars(begin, end, value);
  if (begin == end || problem != std::errc() || stop != end || !option->allows(value)) {
    throw UsageError(text("--set ", setting, ": ", name, " must be a whole number from ", option->range(),
                          ", as in --set ", name, "=", option->initial));
  }
  options[name] = value;
}

}  // namespace

void NetworkChoice::add_to(OptionList& list, std::string help) {
  if (help.empty())
    help = text("the lesson whose network it is (default: that of the weights, else ", default_lesson().id, ")");
  list.one_of("--lesson", lesson, lesson_ids(), help);
  list.texts("--set", "NAME=VALUE", set, "an option of the lesson's network; cnnlab lessons lists them");
}

NetworkName NetworkChoice::name() const {
  const Lesson& chosen = lesson.empty() ? default_lesson() : find_lesson(lesson);
  NetworkName network{.lesson = chosen.id, .options = chosen.complete({})};
  for (const std::string& setting : set) apply_set(chosen, setting, network.options);
  return network;
}

NetworkName NetworkChoice::name_for(const StateFile& weights) const {
  const NetworkName stored = network_name(weights);
  NetworkChoice choice = *this;
  if (lesson.empty()) choice.lesson = std::ranges::count(lesson_ids(), stored.lesson) ? stored.lesson : "";
  NetworkName chosen = choice.name();
  if (chosen.lesson == stored.lesson && set.empty()) chosen.options = stored.options;
  if (chosen.lesson == stored.lesson) chosen.input = stored.input;
  return chosen;
}

void DeviceChoice::add_to(OptionList& list) {
  list.text("--device", "DEVICE", device, "what computes: cpu, cuda (the first graphics card), cuda:1, ...");
  list.flag("--tf32", tf32, "with --device cuda: round the factors of products, which is faster");
  list.whole("--threads", threads, 1, 256, "threads on the processor (default: one for each core)");
}

Device* DeviceChoice::use() const {
  if (threads) set_threads(static_cast<int>(*threads));
  if (tf32 && device == "cpu") throw UsageError("--tf32 is for graphics cards: give --device cuda too");
  return device == "cpu" ? nullptr : open_cuda(card());
}

DeviceGroup* DeviceChoice::use_group(int64_t gpus) const {
  if (gpus == 1) return nullptr;
  if (device == "cpu") throw UsageError("--gpus is for graphics cards: give --device cuda too");
  if (threads) set_threads(static_cast<int>(*threads));
  return open_cuda_group(card(), static_cast<int>(gpus));
}

CudaOptions DeviceChoice::card() const {
  CudaOptions card{.tf32 = tf32};
  const std::string number = device.size() > 5 ? device.substr(5) : "";
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), card.index);
  const bool numbered = device.starts_with("cuda:") && problem == std::errc() && end == number.data() + number.size();
  if (device != "cuda" && (!numbered || card.index < 0))
    throw UsageError(cnnlab::text("--device needs cpu, cuda or cuda:N, got \"", device, "\""));
  return card;
}

Network make_network(const NetworkName& name, int64_t seed) {
  const Lesson& lesson = find_lesson(name.lesson);
  manual_seed(static_cast<uint64_t>(seed));
  Network network{&lesson, name, lesson.make(name.options, name.input)};
  if (name.input.rank() == 0) network.name.input = lesson.input;
  return network;
}

Network load_network(const NetworkChoice& choice, const std::string& weights_path, const DataChoice* data) {
  StateFile file;
  std::string file_name = weights_path;
  if (!weights_path.empty()) {
    file = load_safetensors(weights_path);
  } else {
    const Lesson& lesson = find_lesson(choice.name().lesson);
    const ByteSpan shipped = shipped_weights(lesson);
    check(!shipped.empty(), "no trained weights of lesson ", lesson.id, " come with this program: train some with ",
          "cnnlab train --lesson ", lesson.id, " --out FILE, and name them with --weights FILE");
    file_name = lesson.folder + "/weights.safetensors";
    file = parse_safetensors(shipped, file_name);
  }
  NetworkName name = choice.name_for(file);
  if (data) name.input = input_for(*data, find_lesson(name.lesson));
  Network network = make_network(name);
  load_weights(*network.module, file, network.name, file_name);
  return network;
}

void add_weights_option(OptionList& list, std::string& path) {
  list.text("--weights", "FILE", path, "trained weights (default: those that come with the lesson)");
}

std::string describe_options(const std::map<std::string, int64_t>& options) {
  std::string described;
  for (const auto& [name, value] : options) described += text(described.empty() ? "" : " ", name, "=", value);
  return described;
}

}  // namespace cnnlab
