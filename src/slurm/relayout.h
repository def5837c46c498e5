// slurm/relayout.h — carries a relayout out on a live node, and puts everything back when it fails.
//
// What was there before is written down (Record) before the first step and forgotten after the
// last. Killed in between, it is called again: each step looks at the world first and does what is
// left. On a failure the layout goes back, then gres.conf, then the node is registered as it was
// and resumed; the Error says both what failed and how that went.
// Errors. kBusy: jobs did not end in time. Those of the steps.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "mig/node.h"
#include "publish/slurm.h"
#include "slurm/relayout_plan.h"

namespace septet::slurm {

struct Record {
  std::string node;
  std::string base_conf;  // --conf without Gres
  bool drained = false;   // was drained by somebody else before us
  std::string gres_conf;  // the whole file
  std::string lines;      // what septet would have written for the layout of then
};
Result<std::optional<Record>> read_record(const std::string& path);  // nullopt: none
Result<> write_record(const std::string& path, const Record& record);

// What the caller lends: GPUs are its business.
struct Hands {
  std::function<Result<>()> cut, uncut;  // journalled; uncut: to the layout before cut
  std::function<Result<mig::Node>()> observe;
  std::function<Result<publish::SlurmDevices>(const mig::Node&)> devices;
  publish::ReadFile read;
  std::function<void(const std::string&)> say;
};

struct RelayoutOrder {
  std::string node;
  std::string gres_conf;                 // path
  std::string record;                    // path
  std::chrono::milliseconds patience{};  // for jobs to end
};

// `situation`: as observed just now; nullopt: the node is not in Slurm, as after a kill.
Result<> relayout(const RelayoutOrder& order, const std::optional<Situation>& situation,
                  const Hands& hands);

}  // namespace septet::slurm
