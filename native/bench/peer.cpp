#include "native/bench/peer.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tensor/error.hpp"

namespace cnnlab::bench {
namespace {

// networks.py and peer.py, as they were when this was compiled.
constexpr const char* script =
#include <peer.inc>
    ;

// The system's Python, whose torch is Debian's; else the one in the path.
std::string python() { return std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3"; }

}  // namespace

Peer::Peer(const NetworkName& network, const Shape& input, int threads, int64_t batch) {
  std::array<int, 2> in{}, out{};
  check(pipe(in.data()) == 0 && pipe(out.data()) == 0, "the comparison with PyTorch cannot start: no pipes left");
  std::signal(SIGPIPE, SIG_IGN);  // when it ends early, that shows in what it does not answer
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  for (const int end : {in[0], in[1], out[0], out[1]}) posix_spawn_file_actions_addclose(&actions, end);
  // Debian's OpenBLAS reads these; the comparison is with its defaults.
  unsetenv("OPENBLAS_CORETYPE");
  unsetenv("OPENBLAS_L2_SIZE");
  std::vector<std::string> words{
      python(), "-c", script, network.lesson, std::to_string(threads), std::to_string(batch)};
  for (const int64_t size : {input[0], input[1], input[2]}) words.push_back(std::to_string(size));
  for (const auto& [name, value] : network.options) words.push_back(name + "=" + std::to_string(value));
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int problem = posix_spawnp(&child_.process, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  child_.to = in[1];
  child_.from = out[0];
  if (problem) child_.process = -1;
  const std::string greeting = problem ? "" : read_line();
  if (greeting == "none") return;
  check(greeting.starts_with("ready "),
        "the comparison needs a python3 with torch (Debian: apt-get install python3-torch)");
  version_ = greeting.substr(6);
}

Peer::Child::~Child() {
  close(to);  // the end of its input ends it
  close(from);
  if (process > 0) waitpid(process, nullptr, 0);
}

double Peer::run(Work work, double seconds) {
  const std::string request = text(name(work), " ", seconds, "\n");
  const bool sent = write(child_.to, request.data(), request.size()) == static_cast<ssize_t>(request.size());
  const std::string answer = sent ? read_line() : "";
  check(!answer.empty(), "PyTorch ended before the comparison did");
  return std::strtod(answer.c_str(), nullptr);
}

std::string Peer::read_line() {
  std::string line;
  for (char c = 0; read(child_.from, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace cnnlab::bench
