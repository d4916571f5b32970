#pragma once

namespace cnnlab {

/// What standard output can show.
struct Terminal {
  bool live = false;     ///< someone watches: a line may be redrawn in place
  bool unicode = false;  ///< block characters are shown
  int columns = 80, rows = 24;
};
Terminal standard_output();

/// While one is alive, SIGINT (Ctrl-C), SIGTERM and SIGHUP ask the program to stop instead of ending it. The same
/// signal a second time ends it at once.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The signal that came, or 0.
  static int received();
};

}  // namespace cnnlab
