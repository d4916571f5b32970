#include "lib/inspect/diagram.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "lib/nn/module.hpp"

namespace cnnlab {
namespace {

// A call of a module, or one op, while the tree grows.
struct Call {
  std::string name, path;
  bool module;
  int64_t number;               // which call it was
  std::vector<size_t> records;  // of all that it holds
  std::vector<std::unique_ptr<Call>> children;
};

Call& add_call(Call& parent, std::string name, bool module, int64_t number) {
  const std::string path = !module ? parent.path : parent.path.empty() ? name : parent.path + "." + name;
  parent.children.push_back(std::make_unique<Call>(Call{std::move(name), path, module, number, {}, {}}));
  return *parent.children.back();
}

Call grow(const std::vector<Tape::Record>& records) {
  Call net{"", "", true, -1, {}, {}};
  std::vector<Call*> running{&net};
  for (size_t i = 0; i < records.size(); ++i) {
    const Node<float>& node = *records[i].node;
    if (node.frames.empty()) continue;
    size_t depth = 1;  // of `running`; the network itself is a frame without a name
    for (const Frame& frame : node.frames) {
      if (frame.module.empty()) continue;
      const bool same = depth < running.size() && running[depth]->number == frame.call;
      if (!same) {
        running.resize(depth);
        running.push_back(&add_call(*running.back(), frame.module, true, frame.call));
      }
      ++depth;
    }
    running.resize(depth);
    // That a module is switched off is part of it: its output is zeros.
    if (node.op != nn::Module::off_op) running.push_back(&add_call(*running.back(), std::string(node.op), false, -1));
    for (Call* call : running) call->records.push_back(i);
  }
  return net;
}

// The parameters that records read, and their sizes.
std::map<const void*, int64_t> parameters_of(const std::vector<Tape::Record>& records,
                                             const std::vector<size_t>& which) {
  std::map<const void*, int64_t> found;
  for (const size_t i : which) {
    for (const Variable& input : records[i].node->inputs)
      if (input.requires_grad() && !input.node()) found[input.id()] = input.value().numel();
  }
  return found;
}

int64_t sum(const std::map<const void*, int64_t>& sizes) {
  int64_t total = 0;
  for (const auto& [id, size] : sizes) total += size;
  return total;
}

int64_t cost_of(const std::vector<Tape::Record>& records, const std::vector<size_t>& which) {
  int64_t total = 0;
  for (const size_t i : which) total += records[i].node->multiply_adds;
  return total;
}

// Writes the tree down as a list, and for each record which part holds it.
struct Writer {
  const std::vector<Tape::Record>& records;
  std::vector<Diagram::Part>& parts;
  std::vector<int> holder;
  std::set<std::string> ids;

  std::string unique(const std::string& wanted) {
    std::string id = wanted;
    for (int copy = 2; !ids.insert(id).second; ++copy) id = text(wanted, "-", copy);
    return id;
  }

  int write(const Call& call, int parent) {
    const bool layer = call.module && call.children.size() == 1 && !call.children[0]->module;
    const std::string above = parent < 0 ? "" : parts[static_cast<size_t>(parent)].id + ".";
    const int index = static_cast<int>(parts.size());
    parts.push_back({.id = unique(above + call.name),
                     .name = call.name,
                     .path = call.path,
                     .op = layer         ? call.children[0]->name
                           : call.module ? ""
                                         : call.name,
                     .module = call.module,
                     .parent = parent,
                     .depth = parent < 0 ? 0 : parts[static_cast<size_t>(parent)].depth + 1,
                     .children = {},
                     .first = call.records.front(),
                     .last = call.records.back(),
                     .output = records[call.records.back()].output.shape(),
                     .parameters = sum(parameters_of(records, call.records)),
                     .multiply_adds = cost_of(records, call.records),
                     .sources = {}});
    for (const size_t record : call.records) holder[record] = index;  // the innermost is the last to say so
    if (layer || !call.module) return index;
    for (const auto& child : call.children) {
      const int made = write(*child, index);
      parts[static_cast<size_t>(index)].children.push_back(made);
    }
    return index;
  }
};

}  // namespace

Diagram::Diagram(const std::vector<Tape::Record>& records) {
  const Call net = grow(records);
  Writer writer{records, parts_, std::vector<int>(records.size(), -1), {}};
  for (const auto& child : net.children) outermost_.push_back(writer.write(*child, -1));
  parameters_ = sum(parameters_of(records, net.records));
  multiply_adds_ = cost_of(records, net.records);
  connect(records, writer.holder);
}

int Diagram::find(const std::string& id) const {
  const auto found = std::ranges::find(parts_, id, &Part::id);
  return found == parts_.end() ? -1 : static_cast<int>(found - parts_.begin());
}

// A value goes up out of the parts that hold its op, until one holds the reader as well, and down into the reader. Only
// on the level where both meet is there a wire between two parts; below, it comes in or goes out.
void Diagram::connect(const std::vector<Tape::Record>& records, const std::vector<int>& holder) {
  std::map<const void*, int> makers;
  for (size_t i = 0; i < records.size(); ++i)
    if (holder[i] >= 0) makers[records[i].output.id()] = holder[i];
  const auto part = [&](int index) -> Part& { return parts_[static_cast<size_t>(index)]; };
  const auto wire = [&](int from, int to) {
    while (part(from).parent != part(to).parent) {
      if (part(from).depth >= part(to).depth) {
        part(from).gives_output = true;
        from = part(from).parent;
      } else {
        part(to).takes_input = true;
        to = part(to).parent;
      }
    }
    auto& sources = part(to).sources;
    if (from != to && std::ranges::find(sources, from) == sources.end()) sources.push_back(from);
  };
  for (size_t i = 0; i < records.size(); ++i) {
    if (holder[i] < 0) continue;
    for (const Variable& input : records[i].node->inputs) {
      const auto maker = makers.find(input.id());
      if (maker != makers.end()) {
        wire(maker->second, holder[i]);
      } else if (!input.requires_grad()) {  // the image: it comes in on every level
        for (int to = holder[i]; to >= 0; to = part(to).parent) part(to).takes_input = true;
      }
    }
  }
  for (int last = parts_.empty() ? -1 : static_cast<int>(parts_.size()) - 1; last >= 0; last = part(last).parent)
    part(last).gives_output = true;
}

}  // namespace cnnlab
