#include "native/cli/terminal.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cnnlab {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t signal_received = 0;

void note_signal(int signal) {
  signal_received = signal;
  std::signal(signal, SIG_DFL);
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const std::string_view value = environment(name); !value.empty())
      return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

}  // namespace

Terminal standard_output() {
  Terminal terminal;
  terminal.live = isatty(STDOUT_FILENO) && environment("TERM") != "dumb";
  terminal.unicode = utf8();
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) terminal.columns = size.ws_col;
    if (size.ws_row > 0) terminal.rows = size.ws_row;
  }
  return terminal;
}

StopSignals::StopSignals() {
  signal_received = 0;
  for (const int signal : signals)
    if (std::signal(signal, note_signal) == SIG_IGN && signal == SIGHUP) std::signal(signal, SIG_IGN);  // nohup
}

StopSignals::~StopSignals() {
  for (const int signal : signals) std::signal(signal, SIG_DFL);
}

int StopSignals::received() { return signal_received; }

}  // namespace cnnlab
