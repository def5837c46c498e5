// slurm/cluster.h — the wire to Slurm: its own programs, with words of ours and answers in JSON.
//
// Which cluster: SLURM_CONF of the environment, as for every client of Slurm.
// Errors. kUnavailable: slurmctld does not answer, or refuses; its sentence is in ours.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slurm/cluster_json.h"

namespace septet::slurm {

Result<std::vector<SlurmNode>> ask_nodes();
Result<std::optional<SlurmNode>> ask_node(const std::string& name);  // nullopt: there is none
Result<std::vector<SlurmJob>> ask_jobs();
// Those that hold the node now.
Result<std::vector<SlurmJob>> ask_jobs_on(const std::string& node);

Result<> drain_node(const std::string& name, const std::string& reason);
Result<> resume_node(const std::string& name);
// Down, then deleted: only a dynamic node with no job. kUnavailable otherwise.
Result<> delete_node(const std::string& name, const std::string& reason);

// The pid file of a node's slurmd, as slurm.conf has it; the pid in it, if it is a live slurmd.
Result<std::string> slurmd_pid_file(const std::string& node);
Result<std::optional<int>> slurmd_pid(const std::string& pid_file);
Result<> stop_slurmd(int pid);  // asks it to, waits for its end; jobs of it go on
// A dynamic node: slurmd -Z with this --conf.
Result<> start_dynamic_slurmd(const std::string& node, const std::string& conf);

}  // namespace septet::slurm
