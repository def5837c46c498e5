// partition/apply.h — carries out a plan on live GPUs, and gives back the start when it cannot.
//
// Before the first step everything is checked that can be: the node is what the plan started from,
// nobody is in the way, resets are allowed. Then step by step: what is destroyed is found again by
// its place and UUIDs (ids are reused) and must be idle at that moment; after each step the GPU is
// read back. The first failure ends it, and the GPUs touched so far go back to how they were:
// planned anew from what the GPU says it holds then, never from where we think it is.
//
// Errors. Returned only while nothing was touched: kConflict, kBusy, kNeedsReset, kUnavailable ...
//         Afterwards the Outcome tells.
#pragma once

#include <functional>
#include <optional>

#include "driver/driver.h"
#include "plan/diff.h"

namespace septet::partition {

struct ApplyOptions {
  bool allow_reset = false;
  // Called before each step: the step, its number from 1, and how many there are. May be null.
  std::function<void(const plan::Step&, std::size_t, std::size_t)> progress;
};

enum class End : std::uint8_t {
  kDone,        // the node was read back and is as planned
  kRolledBack,  // a step failed; the node was read back and is as before
  kStuck,       // a step failed, and going back failed too: a person is needed
};
std::string_view to_string(End end);

struct Outcome {
  End end = End::kDone;
  std::size_t steps_done = 0;             // of the plan, each read back
  std::optional<Error> failure;           // what ended it
  std::optional<Error> rollback_failure;  // why it could not go back
  std::vector<plan::Step> left;           // kStuck: steps that would lead back, as far as known
};

Result<Outcome> apply(const plan::Plan& plan, driver::Driver& driver, const ApplyOptions& options);

// What keeps a plan from being started, worst first; nullopt: nothing. (The snapshot is not looked
// at.)
std::optional<Error> obstacle(const plan::Plan& plan, const ApplyOptions& options);

}  // namespace septet::partition
