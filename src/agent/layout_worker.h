// agent/layout_worker.h — carries out one plan at a time beside the loop, with the journal as
// witness.
//
// Threads. One caller; `done` is called from the worker.
// Errors.  A change that was refused, or went back: the reason. What earlier changes left
// unfinished
//          is recovered first, once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "partition/journal_apply.h"
#include "plan/diff.h"

namespace septet::agent {

class LayoutWorker {
 public:
  LayoutWorker(partition::OpenDriver open, bool allow_reset, std::function<void()> done)
      : open_(std::move(open)), allow_reset_(allow_reset), done_(std::move(done)) {}
  ~LayoutWorker();  // what runs is interrupted, and undone
  LayoutWorker(const LayoutWorker&) = delete;
  LayoutWorker& operator=(const LayoutWorker&) = delete;

  void start(plan::Plan plan, std::string title);
  struct Ended {
    std::optional<Error> failure;
    std::string text;  // "5 steps, change 7"
    double seconds = 0;
  };
  std::optional<Ended> ended();                        // once per start
  bool running() const { return thread_.joinable(); }  // until ended() has told
  // Changes that were cut short by a crash are brought to an end. Before anything else.
  Result<std::string> recover();

 private:
  Result<std::string> carry_out(const plan::Plan& plan);
  partition::OpenDriver open_;
  bool allow_reset_;
  std::function<void()> done_;
  std::atomic<bool> interrupted_{false}, finished_{false};
  Ended result_;
  std::thread thread_;
};

}  // namespace septet::agent
