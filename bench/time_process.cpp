// bench/time_process.cpp — how long a program takes as a whole process, without a shell around it.
//
// usage: time_process RUNS BUDGET_MS NAME PROGRAM [ARGUMENTS...]
// Prints the median of RUNS, from before the spawn to after the wait, its output going to
// /dev/null, beside BUDGET_MS (0: none). Exit 1 when the program cannot be started.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

extern char** environ;

namespace {

double run_ms(char** command, const posix_spawn_file_actions_t& actions) {
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  int status = 0;
  if (posix_spawn(&child, command[0], &actions, nullptr, command, environ) != 0 ||
      waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 3) {
    std::fprintf(stderr, "time_process: %s failed\n", command[0]);
    std::exit(1);
  }
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) {
    std::fprintf(stderr, "usage: time_process RUNS BUDGET_MS NAME PROGRAM [ARGUMENTS...]\n");
    return 1;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  std::vector<double> times(std::max<std::size_t>(3, std::strtoul(words[1], nullptr, 10)));
  for (double& time : times) time = run_ms(words + 4, actions);
  std::ranges::sort(times);
  const double median = times[times.size() / 2];
  const double budget = std::strtod(words[2], nullptr);
  std::printf("%-28s median %6.2f ms, best %6.2f ms", words[3], median, times.front());
  if (budget > 0) std::printf("   budget %.0f ms   ratio %.2f", budget, median / budget);
  std::printf("\n");
}
