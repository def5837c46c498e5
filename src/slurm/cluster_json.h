// slurm/cluster_json.h — reads what sinfo --json and squeue --json say.
//
// Strict: a field that is asked for here and not there, or of another kind, is an error with its
// path, never a zero. Both spellings of Slurm are read: numbers as numbers (22.05) or as
// {"set":..,"infinite":..,"number":..} (23.11 and later), states as a word or as a list.
// Units.  Times in seconds since 1970, memory in MiB.
// Errors. kUnavailable: no JSON, Slurm's own errors, a field missing or strange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "publish/slurm_lint.h"

namespace septet::slurm {

struct SlurmNode {
  std::string name;
  std::string state;               // lower case: "idle", "mixed", "allocated", "down"
  std::vector<std::string> flags;  // upper case: "DRAIN", "DYNAMIC_NORM", "NOT_RESPONDING"
  std::string gres;                // as Slurm writes it
  std::vector<publish::GresCount> offers, used;
  std::vector<std::string> features;
  std::uint64_t cpus = 0, alloc_cpus = 0, sockets = 0, cores = 0, threads = 0, weight = 1;
  std::uint64_t real_memory_mib = 0;
  std::int64_t slurmd_start = 0;
  std::string reason;

  bool has(std::string_view flag) const;
  bool drained() const { return has("DRAIN"); }
  bool dynamic() const { return has("DYNAMIC_NORM"); }
  // Registered, answering, and not out of order.
  bool up() const;
};

struct SlurmJob {
  std::uint64_t id = 0;
  std::string state;  // upper case: "PENDING"
  std::string name, user, partition, reason;
  std::string nodes;                         // hostlist; empty while pending
  std::string required_nodes, features;      // as asked
  std::vector<publish::GresCount> per_node;  // what it asks of each node
  std::vector<std::string> gres_detail;      // one per node of `nodes`: "gpu:3g.40gb:1(IDX:0)"
  std::uint64_t node_count = 1, cpus = 1, priority = 0;
  std::int64_t submit = 0;
  bool depends = false, asks_otherwise = false;  // a dependency; gres per job, socket or task

  bool holds_nodes() const;  // running, suspended, completing ...
};

Result<std::vector<SlurmNode>> parse_slurm_nodes(std::string_view sinfo_json);
Result<std::vector<SlurmJob>> parse_slurm_jobs(std::string_view squeue_json);

// Slurm's indices of the devices that a job holds on one node: "gpu:1g.10gb:2(IDX:1-2)" is 1 2.
// nullopt: they are not told.
std::optional<std::vector<unsigned>> device_indices(std::string_view gres_detail);

}  // namespace septet::slurm
