// cli/stop_on_signal.h — Ctrl-C and SIGTERM while GPUs change.
//
// The first asks to stop: the step in progress is ended, and all steps are undone. The second ends
// the program at once, wherever it is; septet recover brings that to an end.
//
// Threads. One object at a time; asked() may be read from any thread.
#pragma once

#include <signal.h>

#include <array>
#include <atomic>

namespace septet::cli {

class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();  // signals do again what they did before
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  const std::atomic<bool>& asked() const;
  // As a shell tells of a program that the last such signal ended: 130 or 143.
  static int exit_code();

 private:
  std::array<struct sigaction, 2> before_{};
};

}  // namespace septet::cli
