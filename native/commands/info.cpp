#include <filesystem>
#include <iostream>

#include "lib/backend.hpp"
#include "lib/kernels/parallel.hpp"
#include "native/cli/datasets.hpp"
#include "native/cli/format.hpp"
#include "native/commands/commands.hpp"
#include "native/device.hpp"
#include "native/weights/shipped.hpp"

namespace cnnlab {
namespace {

std::string instruction_sets() {
  std::string list;
  for (const Backend<float>* table : simd_backends())
    list += text(list.empty() ? "" : ", ", table->name, table == &backend<float>() ? " (used)" : "");
  return list;
}

std::string data_folder(const DatasetInfo& info) {
  const std::string folder = default_folder(info.name);
  return std::filesystem::is_directory(folder) ? folder : text("not in ", folder, " (", info.how_to_get_it, ")");
}

int print_info() {
  Table table({{""}, {""}});
  table.add({"version", CNNLAB_VERSION});
  table.add({"instructions", instruction_sets()});
  table.add({"threads", text(threads(), " of ", max_threads())});
  const std::vector<std::string> cuda = cuda_info();
  for (size_t i = 0; i < cuda.size(); ++i) table.add({i == 0 ? "CUDA" : "", cuda[i]});
  for (const Lesson& lesson : lessons())
    table.add(
        {text("lesson ", lesson.id), shipped_weights(lesson).empty() ? "no trained weights" : "with trained weights"});
  for (const DatasetInfo& info : datasets()) table.add({info.title, data_folder(info)});
  std::cout << table.str();
  return 0;
}

}  // namespace

Command info_command() {
  return {
      .name = "info",
      .help = "tells what this program and this machine can do",
      .examples = "Example:\n  cnnlab info",
      .declare = [](OptionList&) { return print_info; },
  };
}

}  // namespace cnnlab
