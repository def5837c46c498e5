// cli/run/keeper.h — runs a program so that what was taken for it is given back, however it ends.
//
//   septet run (guard) ── keeper ── the program and what it starts
//
// The guard is what the caller started: it hands on signals and the exit status. The keeper takes,
// starts the program, waits for it and all its children, gives back. Killed at any point:
//   the program   the keeper ends what it left running, and gives back
//   the guard     the keeper is told by a pipe: ends the program, gives back
//   the keeper    the guard ends the program (orphans come to it), and calls `clean_up`
//   both          what they held is unlocked by the kernel, for whoever looks next
// Exit status. The program's; 128 + N when a signal ended it; 126, 127 when it could not start.
// Threads. None may exist: it forks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::cli {

struct Program {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  // set beside ours
};

struct Errand {
  // In the keeper: takes what the program needs, and says how to run it.
  std::function<Result<Program>()> take;
  // In the keeper, when nothing of the program runs any more; not after a failing take.
  std::function<Result<>()> give_back;
  // In the guard, when the keeper was killed.
  std::function<Result<>()> clean_up;
};

Result<int> run_kept(const Errand& errand);

}  // namespace septet::cli
