#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "lib/tensor/random.hpp"
#include "native/bench/measure.hpp"
#include "native/bench/peak.hpp"
#include "native/bench/peer.hpp"
#include "native/cli/datasets.hpp"
#include "native/cli/format.hpp"
#include "native/cli/options.hpp"
#include "native/commands/commands.hpp"

namespace cnnlab {
namespace {

using bench::OpCost;
using bench::Spread;
using nlohmann::ordered_json;

constexpr int repeats = 5;

// The best first.
std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Backend<float>* table : simd_backends()) names.emplace_back(table->name);
  return names;
}

void use_instructions(const std::string& name) {
  use_backend(
      **std::ranges::find_if(simd_backends(), [&](const Backend<float>* table) { return table->name == name; }));
}

struct BenchOptions {
  NetworkChoice network;
  DataChoice data;
  DeviceChoice device;
  int64_t batch = 64;
  double seconds = 1;
  bool peer = false, json = false;
  std::string instructions = instruction_sets().front();
};

/// Images/s at one kind of work, and PyTorch's, measured in turns.
struct Figure {
  Spread ours;
  std::optional<Spread> peer{}, ratio{};  ///< ratio: ours / peer
};
struct Speeds {
  int threads;
  std::array<Figure, bench::every_work.size()> figures;  ///< in the order of `every_work`
};
struct LessonBench {
  NetworkName network;
  std::string data, pytorch;  ///< its version, or ""
  std::vector<Speeds> speeds;
  std::vector<OpCost> ops;  ///< with all threads; none of a graphics card, which does not work op by op
};

// Real data where there is some; else noise, which costs the same.
Dataset training_data(const BenchOptions& options, const Lesson& lesson, const Shape& input) {
  const std::string folder = options.data.folder.empty() ? default_folder(options.data.name) : options.data.folder;
  if (find_dataset(options.data.name).image == input && file_exists(folder))
    return load_data(options.data, lesson).train;
  Dataset noise{.name = "noise", .channels = input[0], .height = input[1], .width = input[2]};
  Random random{1};
  constexpr int64_t count = 4096;
  for (int64_t i = 0; i < count * noise.pixels(); ++i) noise.images.push_back(static_cast<uint8_t>(random.below(256)));
  for (int64_t i = 0; i < count; ++i) noise.labels.push_back(static_cast<uint8_t>(random.below(10)));
  return noise;
}

Speeds measure_speeds(const Network& network, const Dataset& data, const BenchOptions& options, int thread_count,
                      std::string& pytorch) {
  set_threads(thread_count);
  bench::Speed own(network, data, options.batch);
  std::optional<bench::Peer> peer;
  if (options.peer) pytorch = peer.emplace(network.name, network.name.input, thread_count, options.batch).version();
  if (pytorch.empty()) peer.reset();
  check(peer || !options.peer || options.network.lesson.empty(), "--peer: native/bench/pytorch/networks.py has no ",
        "network of lesson ", network.name.lesson);
  Speeds result{.threads = thread_count, .figures = {}};
  for (const bench::Work work : bench::every_work) {
    std::vector<double> ours, theirs, ratios;
    for (int i = 0; i < repeats; ++i) {
      ours.push_back(own.run(work, options.seconds / repeats));
      if (!peer) continue;
      theirs.push_back(peer->run(work, options.seconds / repeats));
      ratios.push_back(ours.back() / theirs.back());
    }
    Figure& figure = result.figures[static_cast<size_t>(work)];
    figure.ours = bench::spread(ours);
    if (peer) figure.peer = bench::spread(theirs), figure.ratio = bench::spread(ratios);
  }
  return result;
}

LessonBench measure_lesson(const Lesson& lesson, const BenchOptions& options, Device* device, int all_threads) {
  NetworkChoice choice = options.network;
  choice.lesson = lesson.id;
  NetworkName name = choice.name();
  const Shape& images = find_dataset(options.data.name).image;
  if (lesson.reads(images)) name.input = images;
  const Network network = make_network(name);
  const Dataset data = training_data(options, lesson, network.name.input);
  LessonBench result{.network = network.name, .data = data.name, .pytorch = {}, .speeds = {}, .ops = {}};
  network.module->to(device);
  if (all_threads > 1 && !device) result.speeds.push_back(measure_speeds(network, data, options, 1, result.pytorch));
  result.speeds.push_back(measure_speeds(network, data, options, all_threads, result.pytorch));
  if (!device) result.ops = bench::op_costs(network, data, options.batch, 20);
  return result;
}

// "5,590 (5,400-5,612)"
std::string shown(const Spread& s) { return rounded(s.median) + " (" + rounded(s.least) + "-" + rounded(s.most) + ")"; }

std::string times(const Spread& s) {
  return fixed(s.median, 2) + "x (" + fixed(s.least, 2) + "-" + fixed(s.most, 2) + ")";
}

void print_speeds(const std::vector<LessonBench>& results, const BenchOptions& options) {
  Table table({{"lesson"},
               {"threads", Table::right},
               {"train images/s", Table::right},
               {"infer images/s", Table::right},
               {"1 image, ms", Table::right}});
  const auto add = [&](const std::string& name, const std::string& threads, const auto& cell) {
    std::vector<std::string> cells{name, threads};
    for (const bench::Work work : bench::every_work) cells.push_back(cell(work));
    table.add(cells);
  };
  const auto speed = [](bench::Work work, const Spread& s) {
    return work == bench::Work::one ? fixed(1e3 / s.median, 2) : shown(s);
  };
  for (const LessonBench& result : results) {
    const std::string set = describe_options(result.network.options);
    for (const Speeds& speeds : result.speeds) {
      const auto figure = [&](bench::Work work) { return speeds.figures[static_cast<size_t>(work)]; };
      add(result.network.lesson + (set.empty() ? "" : " " + set), std::to_string(speeds.threads),
          [&](bench::Work work) { return speed(work, figure(work).ours); });
      if (result.pytorch.empty()) continue;
      add("  PyTorch " + result.pytorch, "", [&](bench::Work work) { return speed(work, *figure(work).peer); });
      add("  in turns, cnnlab is", "", [&](bench::Work work) { return times(*figure(work).ratio); });
    }
  }
  std::cout << "Batches of " << options.batch << ", loading included; median (least-most) of " << repeats << ".\n"
            << table.str();
}

// "GFLOP/s" and "% of peak" of some multiply-adds; "" for ops without.
void add_rate(std::vector<std::string>& cells, int64_t multiply_adds, double seconds, double peak) {
  const double rate = seconds > 0 ? 2e-9 * static_cast<double>(multiply_adds) / seconds : 0;
  cells.push_back(multiply_adds ? fixed(rate, 1) : "");
  cells.push_back(multiply_adds ? fixed(100 * rate / peak, 0) + "%" : "");
}

void print_ops(const LessonBench& result, double peak) {
  double total = 0;
  for (const OpCost& cost : result.ops) total += cost.forward + cost.backward;
  Table table({{"layer"},
               {"op"},
               {"share", Table::right},
               {"fwd ms", Table::right},
               {"GFLOP/s", Table::right},
               {"peak", Table::right},
               {"bwd ms", Table::right},
               {"GFLOP/s", Table::right},
               {"peak", Table::right}});
  for (const OpCost& cost : result.ops) {
    std::vector<std::string> cells{cost.path, cost.op, fixed(100 * (cost.forward + cost.backward) / total, 1) + "%",
                                   fixed(1e3 * cost.forward, 2)};
    add_rate(cells, cost.forward_work, cost.forward, peak);
    cells.push_back(fixed(1e3 * cost.backward, 2));
    add_rate(cells, cost.backward_work, cost.backward, peak);
    table.add(cells);
  }
  std::cout << "\nOne training step of " << result.network.lesson << ", " << result.speeds.back().threads
            << " threads: " << fixed(1e3 * total, 1) << " ms in ops\n"
            << table.str();
}

ordered_json to_json(const Spread& s) { return {{"median", s.median}, {"least", s.least}, {"most", s.most}}; }

ordered_json milliseconds(const Spread& s) {  // for one image
  return {{"median", 1e3 / s.median}, {"least", 1e3 / s.most}, {"most", 1e3 / s.least}};
}

ordered_json to_json(const Figure& train, const Figure& infer, const Figure& one,
                     const std::function<Spread(const Figure&)>& of) {
  return {{"train_images_per_second", to_json(of(train))},
          {"infer_images_per_second", to_json(of(infer))},
          {"one_image_ms", milliseconds(of(one))}};
}

ordered_json to_json(const Speeds& speeds) {
  const auto& [train, infer, one] = speeds.figures;
  ordered_json json{{"threads", speeds.threads}};
  json.update(to_json(train, infer, one, [](const Figure& figure) { return figure.ours; }));
  if (!train.peer) return json;
  json["pytorch"] = to_json(train, infer, one, [](const Figure& figure) { return *figure.peer; });
  json["ratio"] = {{"train", to_json(*train.ratio)}, {"infer", to_json(*infer.ratio)}, {"one", to_json(*one.ratio)}};
  return json;
}

ordered_json to_json(const LessonBench& result) {
  ordered_json json{{"lesson", result.network.lesson}, {"options", result.network.options}, {"data", result.data}};
  if (!result.pytorch.empty()) json["pytorch"] = result.pytorch;
  for (const Speeds& speeds : result.speeds) json["speeds"].push_back(to_json(speeds));
  for (const OpCost& c : result.ops) {
    json["ops"].push_back({{"path", c.path},
                           {"op", c.op},
                           {"forward_ms", 1e3 * c.forward},
                           {"backward_ms", 1e3 * c.backward},
                           {"forward_multiply_adds", c.forward_work},
                           {"backward_multiply_adds", c.backward_work}});
  }
  return json;
}

// On what: "instructions" and peaks of the processor, or the name of the card.
struct Machine {
  const Device* device;
  int threads;
  double peak_one = 0, peak_all = 0, copy_one = 0, copy_all = 0;

  // To be asked more than once: what else ran on the machine at the beginning may be gone.
  void measure() {
    if (device) return;
    peak_one = std::max(peak_one, bench::measure_peak(1));
    peak_all = std::max(peak_all, bench::measure_peak(threads));
  }
  // Needs more memory than most networks: measured when it was told how much those took.
  void measure_memory() {
    if (device) return;
    copy_one = bench::measure_copy(1);
    copy_all = bench::measure_copy(threads);
  }
  ordered_json json() const {
    if (device) return {{"device", device->name()}, {"threads", threads}};
    return {{"instructions", backend<float>().name},     {"threads", threads},
            {"peak_gflops_one_thread", peak_one},        {"peak_gflops", peak_all},
            {"copy_gb_per_second_one_thread", copy_one}, {"copy_gb_per_second", copy_all}};
  }
  std::string str() const {
    if (device) return text("Device: ", device->name(), ".\n");
    return text("Instructions: ", backend<float>().name, ". Peak, measured: ", fixed(peak_one, 0),
                " GFLOP/s on 1 thread, ", fixed(peak_all, 0), " on ", threads,
                ".\nCopying memory, read and written: ", fixed(copy_one, 1), " GB/s on 1 thread, ", fixed(copy_all, 1),
                " on ", threads, ".\n");
  }
};

int run_bench(const BenchOptions& options) {
  if (options.peer && options.device.device != "cpu")
    throw UsageError("--peer compares on the processor: leave out --device " + options.device.device);
  if (options.device.device == "cpu") use_instructions(options.instructions);
  Device* const device = options.device.use();
  Machine machine{.device = device, .threads = static_cast<int>(options.device.threads.value_or(max_threads()))};
  machine.measure();
  std::vector<LessonBench> results;
  for (const Lesson& lesson : lessons()) {
    if (options.network.lesson.empty() || options.network.lesson == lesson.id)
      results.push_back(measure_lesson(lesson, options, device, machine.threads));
  }
  machine.measure();
  const double megabytes = static_cast<double>(bench::peak_memory()) / 1e6;
  machine.measure_memory();
  if (options.json) {
    ordered_json json = machine.json();
    json.update({{"batch", options.batch}, {"peak_memory_mb", megabytes}});
    for (const LessonBench& result : results) json["lessons"].push_back(to_json(result));
    std::cout << json.dump(2) << '\n';
    return 0;
  }
  std::cout << machine.str();
  print_speeds(results, options);
  for (const LessonBench& result : results)
    if (!result.ops.empty()) print_ops(result, machine.peak_all);
  std::cout << "\nMost memory in use: " << fixed(megabytes, 0) << " MB\n";
  return 0;
}

}  // namespace

Command bench_command() {
  return {
      .name = "bench",
      .help = "measures how fast this machine trains, and where the time goes",
      .examples =
          "Examples:\n"
          "  cnnlab bench\n"
          "  cnnlab bench --lesson inception --peer --seconds 10\n"
          "  cnnlab bench --lesson residual --set width=16 --data cifar10 --peer",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<BenchOptions>();
            options->network.add_to(list, "only this lesson");
            options->data.add_to(list);
            options->device.add_to(list);
            list.whole("--batch", options->batch, 1, 65536, "images in a batch");
            list.number("--seconds", options->seconds, "how long each figure is measured");
            list.one_of("--instructions", options->instructions, instruction_sets(), "which of the processor's");
            list.flag("--peer", options->peer,
                      "in turns with PyTorch, and compare (needs python3 with torch; lessons it lacks run alone)");
            list.flag("--json", options->json, "as JSON");
            return [=] { return run_bench(*options); };
          },
  };
}

}  // namespace cnnlab
