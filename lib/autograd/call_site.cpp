#include "lib/autograd/call_site.hpp"

namespace cnnlab {
namespace {

thread_local std::vector<Frame> running;
thread_local int64_t next_call = 0;

}  // namespace

Scope::Scope(std::string module, CallSite site) { running.push_back({std::move(module), site, next_call++}); }
Scope::~Scope() { running.pop_back(); }

const std::vector<Frame>& Scope::frames() { return running; }

std::string Scope::path() {
  std::string path;
  for (const Frame& frame : running) {
    if (frame.module.empty()) continue;
    if (!path.empty()) path += '.';
    path += frame.module;
  }
  return path;
}

CallSite Scope::site() { return running.empty() ? CallSite{} : running.back().site; }

}  // namespace cnnlab
