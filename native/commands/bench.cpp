#include <algorithm>
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

struct BenchOptions {
  NetworkChoice network;
  DataChoice data;
  std::optional<int64_t> threads{};
  int64_t batch = 64;
  double seconds = 1;
  bool peer = false, json = false;
};

struct Speed {
  int threads;
  Spread train, infer;  ///< images/s
  Spread one;           ///< ms for one image
};
struct PeerSpeed {
  std::string version;
  int threads;
  Spread ours, peer, ratio;  ///< ratio: ours / peer, measured in turns
};
struct LessonBench {
  const Lesson* lesson;
  std::string data;
  std::vector<Speed> speeds;
  std::optional<PeerSpeed> peer;
  std::vector<OpCost> ops;  ///< with all threads
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

template <class Measure>
Spread repeat(const Measure& measure) {
  std::vector<double> values;
  for (int i = 0; i < repeats; ++i) values.push_back(measure());
  return bench::spread(values);
}

Speed measure_speed(const Network& network, const Dataset& data, const BenchOptions& options, int thread_count) {
  set_threads(thread_count);
  const double part = options.seconds / repeats;
  bench::TrainingSpeed training(network, data, options.batch);
  return {.threads = thread_count,
          .train = repeat([&] { return training.run(part); }),
          .infer = repeat([&] { return bench::inference_speed(network, data, options.batch, part); }),
          .one = repeat([&] { return 1e3 / bench::inference_speed(network, data, 1, part / 4); })};
}

PeerSpeed measure_peer(const Network& network, const Dataset& data, const BenchOptions& options, int thread_count) {
  set_threads(thread_count);
  bench::Peer peer(network.name.lesson, thread_count, options.batch);
  bench::TrainingSpeed training(network, data, options.batch);
  std::vector<double> ours, theirs, ratios;
  for (int i = 0; i < 2 * repeats; ++i) {
    ours.push_back(training.run(options.seconds / repeats));
    theirs.push_back(peer.run(options.seconds / repeats));
    ratios.push_back(ours.back() / theirs.back());
  }
  return {.version = peer.version(),
          .threads = thread_count,
          .ours = bench::spread(ours),
          .peer = bench::spread(theirs),
          .ratio = bench::spread(ratios)};
}

LessonBench measure_lesson(const Lesson& lesson, const BenchOptions& options, int all_threads) {
  NetworkChoice choice = options.network;
  choice.lesson = lesson.id;
  NetworkName name = choice.name();
  const Shape& images = find_dataset(options.data.name).image;
  if (lesson.reads(images)) name.input = images;
  const Network network = make_network(name);
  const Dataset data = training_data(options, lesson, network.name.input);
  LessonBench result{.lesson = &lesson, .data = data.name, .speeds = {}, .peer = {}, .ops = {}};
  if (all_threads > 1) result.speeds.push_back(measure_speed(network, data, options, 1));
  result.speeds.push_back(measure_speed(network, data, options, all_threads));
  result.ops = bench::op_costs(network, data, options.batch, 20);
  if (options.peer) result.peer = measure_peer(network, data, options, all_threads);
  return result;
}

std::string shown(const Spread& s) { return rounded(s.median) + " (" + rounded(s.least) + "-" + rounded(s.most) + ")"; }

void print_speeds(const std::vector<LessonBench>& results, const BenchOptions& options) {
  Table table({{"lesson"},
               {"threads", Table::right},
               {"train images/s", Table::right},
               {"infer images/s", Table::right},
               {"1 image, ms", Table::right}});
  for (const LessonBench& result : results) {
    for (const Speed& speed : result.speeds)
      table.add({result.lesson->id, std::to_string(speed.threads), shown(speed.train), shown(speed.infer),
                 fixed(speed.one.median, 2)});
    if (result.peer) table.add({"  PyTorch", std::to_string(result.peer->threads), shown(result.peer->peer), "", ""});
  }
  std::cout << "Batches of " << options.batch << ", loading included; median (least-most) of " << repeats << ".\n"
            << table.str();
  for (const LessonBench& result : results)
    if (const auto& peer = result.peer)
      std::cout << "Training " << result.lesson->id << " in turns with PyTorch " << peer->version << " on "
                << peer->threads << " threads: " << fixed(peer->ratio.median, 2) << " times its speed ("
                << fixed(peer->ratio.least, 2) << "-" << fixed(peer->ratio.most, 2) << ")\n";
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
  std::cout << "\nOne training step of " << result.lesson->id << ", " << result.speeds.back().threads
            << " threads: " << fixed(1e3 * total, 1) << " ms in ops\n"
            << table.str();
}

ordered_json to_json(const Spread& s) { return {{"median", s.median}, {"least", s.least}, {"most", s.most}}; }

ordered_json to_json(const LessonBench& result) {
  ordered_json json{{"lesson", result.lesson->id}, {"data", result.data}};
  for (const Speed& s : result.speeds)
    json["speeds"].push_back({{"threads", s.threads},
                              {"train_images_per_second", to_json(s.train)},
                              {"infer_images_per_second", to_json(s.infer)},
                              {"one_image_ms", to_json(s.one)}});
  if (const auto& p = result.peer)
    json["peer"] = {{"pytorch", p->version},
                    {"threads", p->threads},
                    {"train_images_per_second", to_json(p->peer)},
                    {"ours_images_per_second", to_json(p->ours)},
                    {"ratio", to_json(p->ratio)}};
  for (const OpCost& c : result.ops)
    json["ops"].push_back({{"path", c.path},
                           {"op", c.op},
                           {"forward_ms", 1e3 * c.forward},
                           {"backward_ms", 1e3 * c.backward},
                           {"forward_multiply_adds", c.forward_work},
                           {"backward_multiply_adds", c.backward_work}});
  return json;
}

int run_bench(const BenchOptions& options) {
  const int all_threads = static_cast<int>(options.threads.value_or(max_threads()));
  double peak_one = bench::measure_peak(1), peak_all = bench::measure_peak(all_threads);
  std::vector<LessonBench> results;
  for (const Lesson& lesson : lessons())
    if (options.network.lesson.empty() || options.network.lesson == lesson.id)
      results.push_back(measure_lesson(lesson, options, all_threads));
  // Once more: what else ran on the machine at the beginning may be gone.
  peak_one = std::max(peak_one, bench::measure_peak(1));
  peak_all = std::max(peak_all, bench::measure_peak(all_threads));
  const double megabytes = static_cast<double>(bench::peak_memory()) / 1e6;
  if (options.json) {
    ordered_json json{
        {"instructions", backend<float>().name}, {"threads", all_threads},  {"batch", options.batch},
        {"peak_gflops_one_thread", peak_one},    {"peak_gflops", peak_all}, {"peak_memory_mb", megabytes}};
    for (const LessonBench& result : results) json["lessons"].push_back(to_json(result));
    std::cout << json.dump(2) << '\n';
    return 0;
  }
  std::cout << "Instructions: " << backend<float>().name << ". Peak, measured: " << fixed(peak_one, 0)
            << " GFLOP/s on 1 thread, " << fixed(peak_all, 0) << " on " << all_threads << ".\n";
  print_speeds(results, options);
  for (const LessonBench& result : results) print_ops(result, peak_all);
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
          "  cnnlab bench --lesson inception --peer --seconds 10",
      .declare =
          [](OptionList& list) {
            const auto options = std::make_shared<BenchOptions>();
            options->network.add_to(list, "only this lesson");
            options->data.add_to(list);
            list.whole("--threads", options->threads, 1, 256, "the most threads (default: one for each core)");
            list.whole("--batch", options->batch, 1, 65536, "images in a batch");
            list.number("--seconds", options->seconds, "how long each figure is measured");
            list.flag("--peer", options->peer, "train in turns with PyTorch, and compare (needs python3 with torch)");
            list.flag("--json", options->json, "as JSON");
            return [=] { return run_bench(*options); };
          },
  };
}

}  // namespace cnnlab
