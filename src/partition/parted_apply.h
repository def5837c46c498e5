// partition/parted_apply.h — what `nvidia-mig-parted apply` and `restore` do, done carefully.
//
//   hooks apply-start                           always
//   read the node; as wanted already?  ------>  done: no other hook, no call that changes anything
//   take the lock, read the node again
//   hooks pre-apply-mode                        when a MIG mode is to change
//   hooks pre-apply-config                      when instances are to change
//   read the node again after those, plan the least change, apply it: all or nothing
//   hooks apply-exit                            always, whatever happened
//
// "As wanted" concerns only the GPUs that were named; the others are left alone.
//
// Errors. Those of reading, planning and apply(). A failing apply-exit hook is one only when
//         nothing else failed; else it is a warning.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "partition/apply.h"
#include "partition/journal.h"
#include "partition/parted_file.h"
#include "partition/parted_hooks.h"

namespace septet::partition {

using FindTargets = std::function<Result<std::vector<plan::GpuCut>>(const mig::Node&)>;

struct PartedChange {
  std::string verb;  // for the journal: "parted apply"
  FindTargets targets;
  bool mode_only = false;   // instances are left as they are unless a mode change ends them
  bool skip_reset = false;  // a mode that needs a reset is left waiting for one (with mode_only)
  Hooks hooks;
  HookOptions hook_options;
  std::function<Result<std::unique_ptr<Journal>>()> open_journal;  // null: without (tests)
  int lock_wait_ms = 60'000;
  ApplyOptions apply;
  std::function<void(const std::string&)> debug, warn;  // may be null
};

struct PartedDone {
  std::size_t steps = 0;             // 0: it was as wanted already
  std::vector<std::string> waiting;  // "GPU 0: MIG mode on waits for a reset"
};
Result<PartedDone> parted_apply(const PartedChange& change, driver::Driver& driver);

// The targets of a config for `mig-parted apply` and `assert`: as targets_of, but an error when no
// GPU of this node is meant, so that doing nothing is never success.
Result<std::vector<plan::GpuCut>> parted_targets(const PartedConfig& config, const mig::Node& node,
                                                 bool mode_only);
// The same modes, and the instances of now on GPUs whose mode stays.
std::vector<plan::GpuCut> only_modes(std::vector<plan::GpuCut> targets, const mig::Node& node);

}  // namespace septet::partition
