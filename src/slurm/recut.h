// slurm/recut.h — which nodes should be cut anew so that waiting jobs start soonest?
//
// In the order Slurm would start them, jobs first take what is free as it is cut (nodes that run
// something before idle ones). Those left get idle nodes, cut for them: each slice where it leaves
// the most room. A node with a job, or one that a job will start on, is never touched. The last
// offer of a type is kept, for Slurm refuses at submission what no node has; room that is left is
// cut as the node was before.
// Units.  Seconds since 1970; minutes since midnight.
// Shapes. 1,000 nodes and 10,000 jobs in a second (recut_bench): jobs that ask the same look at
//         each node once, for what a node has free only shrinks.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mig/node.h"
#include "slurm/cluster_json.h"

namespace septet::slurm {

struct RecutLimits {
  unsigned nodes_at_once = 1;
  std::int64_t min_dwell_s = 600;  // a node stays as it is at least so long
  // From and until; until before from: over midnight. nullopt: always.
  std::optional<std::pair<unsigned, unsigned>> hours;
};

struct Moment {
  std::int64_t now = 0;
  unsigned minute_of_day = 0;
};

struct Recut {
  std::string node;
  std::vector<std::vector<std::string>> gpus;  // "3g.40gb:4", by GPU
  std::vector<std::uint64_t> starts;           // jobs, in order
  std::string reason;
  std::vector<std::string> words() const;  // for septet slurm relayout: "0=3g.40gb:4,1g.10gb:0"
};

struct Decision {
  std::vector<Recut> recuts;
  std::size_t start_anyway = 0;                                // jobs that need no change
  std::vector<std::pair<std::uint64_t, std::string>> waiting;  // job, why it must wait
  std::vector<std::string> notes;                              // limits that held something back
};

// Product and number of GPUs from a node's feature "mig-h100-sxm5-80gb-x8"; nullopt: not told.
struct Boards {
  const mig::Product* product = nullptr;
  unsigned gpus = 0;
};
std::optional<Boards> boards_of(const SlurmNode& node);

Decision decide_recuts(const std::vector<SlurmNode>& nodes, std::vector<SlurmJob> jobs,
                       const RecutLimits& limits, const Moment& moment);

}  // namespace septet::slurm
