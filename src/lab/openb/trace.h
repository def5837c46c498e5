// lab/openb/trace.h — Alibaba's cluster trace "openb": nodes and pods read from its CSV files.
//
// Source. github.com/hkust-adsl/kubernetes-scheduler-simulator data/csv (Apache-2.0), also known
//         as cluster-trace-gpu-v2023. Only what a pod asks for is used, no times.
#pragma once

#include <string>
#include <vector>

#include "base/csv.h"
#include "plan/pods/fleet.h"

namespace septet::lab::openb {

struct NamedNode {
  std::string name;
  plan::pods::Node node;
};

struct Cluster {
  std::vector<NamedNode> nodes;     // by name
  std::vector<std::string> models;  // by plan::pods::Node::model

  std::int64_t total_gpu_milli() const;
};

struct Trace {
  std::vector<std::string> names;         // of pods, ascending
  std::vector<std::uint32_t> shape_of;    // by pod
  std::vector<plan::pods::Shape> shapes;  // different ones, in order of first use
  std::vector<std::size_t> shape_counts;

  std::int64_t total_gpu_milli() const;
};

// openb_node_list_*.csv: sn, cpu_milli, memory_mib, gpu, model. Nodes without a GPU are refused:
// the published experiment has none.
// Errors. kInvalidArgument with file, line and column: a header is missing, a number is none, a
// node has over 8 GPUs, a name stands twice.
Result<Cluster> parse_cluster(const CsvTable& table);

// openb_pod_list_*.csv: name, cpu_milli, memory_mib, num_gpu, gpu_milli and, if there, gpu_spec
// ("T4|P100": one of these models; an unknown model matches no node).
Result<Trace> parse_trace(const CsvTable& table, const Cluster& cluster);

}  // namespace septet::lab::openb
