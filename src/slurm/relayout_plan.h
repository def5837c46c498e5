// slurm/relayout_plan.h — what has to happen, and who is in the way, when a node of Slurm is cut
// anew.
//
// Slurm 22.05 keeps the Gres of a node that has files as it was registered: scontrol refuses
// another count, a restarted slurmd is not asked again, and a restarted slurmctld kills the jobs of
// a node whose count differs. A dynamic node is deleted and registered anew, which slurmctld does
// only when no job is on it (docs/slurm.md tells how each was tried). So a job on an instance that
// is kept goes on, and the GPU is cut beside it, but what is new is offered when it has ended.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/diff.h"
#include "publish/slurm.h"
#include "publish/slurm_conf_file.h"
#include "slurm/cluster_json.h"

namespace septet::slurm {

enum class StepKind : std::uint8_t {
  kDrain,
  kAwaitConcerned,  // jobs on instances that go
  kCut,
  kAwaitAll,  // every job of the node
  kStopSlurmd,
  kDelete,
  kWriteGres,
  kRegister,
};
std::string_view to_string(StepKind kind);  // "drain"

struct RelayoutStep {
  StepKind kind = StepKind::kDrain;
  std::string text;  // "drain gn0"
};

struct Situation {
  SlurmNode node;
  std::vector<SlurmJob> jobs;                 // on the node
  std::vector<publish::SlurmDevice> devices;  // in Slurm's order (IDX), as gres.conf lists them
  bool order_known = true;                    // false: AutoDetect has an order of its own
  plan::Plan cut;                             // from the layout as it is
};

// Jobs on instances that the cut destroys, and those of which that cannot be told.
std::vector<SlurmJob> jobs_concerned(const Situation& situation);
// kNotSupported: the node is no dynamic one. kInvalidArgument: its layout is that already.
Result<std::vector<RelayoutStep>> relayout_steps(const Situation& situation);

// What slurmd -Z is told by --conf. `features` are added to the node's.
std::string dynamic_conf(const SlurmNode& node, const std::string& gres,
                         const std::vector<std::string>& features);
// "mig-h100-sxm5-80gb-x8": what septet fleet knows a node's GPUs by; none where they differ.
std::vector<std::string> board_features(const mig::Node& node);

// gres.conf at `path` with `fresh` for the lines of this node, the others as they are. kConflict: a
// line is about this node and others.
Result<std::string> with_node_lines(const std::string& path, const std::string& node,
                                    const std::string& fresh, const publish::ReadFile& read);
// Whether gres.conf leaves this node's devices to gpu/nvml.
Result<publish::Detection> detection_of(const std::string& path, const std::string& node,
                                        const publish::ReadFile& read);

}  // namespace septet::slurm
