#include "native/trace.hpp"

#include <algorithm>
#include <cmath>

namespace cnnlab {

int64_t parameter_count(const Node<float>& node) {
  int64_t count = 0;
  for (const Variable& input : node.inputs)
    if (input.requires_grad() && !input.node()) count += input.value().numel();
  return count;
}

std::vector<CallSite> call_chain(const Node<float>& node) {
  std::vector<CallSite> chain;
  const auto add = [&](const CallSite& site) {
    const bool same =
        !chain.empty() && chain.back().line == site.line && std::string_view(chain.back().file) == site.file;
    if (!same) chain.push_back(site);
  };
  for (const Frame& frame : node.frames) add(frame.site);
  add(node.site);
  return chain;
}

std::string source_line(const CallSite& site) {
  const auto file = std::ranges::find(lesson_sources(), std::string_view(site.file), &SourceFile::path);
  if (file == lesson_sources().end()) return "";
  std::string_view rest = file->text;
  for (int line = 1; line < site.line; ++line) rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  const std::string line(rest.substr(0, rest.find('\n')));
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

std::string code_line(const CallSite& site) {
  const std::string line = source_line(site);
  const std::string code = line.substr(0, line.find(" //"));
  return code.substr(0, code.find_last_not_of(' ') + 1);
}

double norm(const Tensor& tensor) {
  double sum = 0;
  for (const float x : tensor.data()) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

}  // namespace cnnlab
