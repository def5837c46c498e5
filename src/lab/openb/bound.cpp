#include "lab/openb/bound.h"

#include <algorithm>

#include "plan/linear_program.h"
#include "plan/pods/packing_price.h"

namespace septet::lab::openb {

namespace {

using plan::LinearProgram;
using plan::pods::Node;
using plan::pods::Shape;

struct NodeKind {
  Node node;
  double count = 0;
};

std::vector<NodeKind> kinds_in(const Cluster& cluster) {
  std::vector<NodeKind> kinds;
  for (const NamedNode& named : cluster.nodes) {
    const auto same = std::ranges::find(kinds, named.node, &NodeKind::node);
    if (same == kinds.end()) {
      kinds.push_back({named.node, 1});
    } else {
      same->count += 1;
    }
  }
  return kinds;
}

// In whole GPUs: the objective, and rows in cores, GiB and GPUs so that numbers are alike in size.
double most_allocated(const std::vector<NodeKind>& kinds, const Trace& trace, double scale) {
  constexpr double kNone = LinearProgram::kNoLimit;
  LinearProgram program;
  struct Rows {
    int cpu, memory, gpu;
  };
  std::vector<Rows> rows;
  for (const NodeKind& kind : kinds) {
    const Node& node = kind.node;
    rows.push_back({program.add_row(0, kind.count * node.cpu_milli / 1000),
                    program.add_row(0, kind.count * node.memory_mib / 1024),
                    program.add_row(0, kind.count * node.gpus)});
  }
  for (std::size_t s = 0; s < trace.shapes.size(); ++s) {
    const Shape& shape = trace.shapes[s];
    if (shape.gpus == 0) continue;  // takes room and counts for nothing: left out is best
    const double gpus = shape.total_gpu_milli() / 1000.0;
    const int demand = program.add_row(0, static_cast<double>(trace.shape_counts[s]) * scale);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      if (!fits(kinds[k].node, shape)) continue;
      program.add_column(-gpus, kNone,
                         {{rows[k].cpu, shape.cpu_milli / 1000.0},
                          {rows[k].memory, shape.memory_mib / 1024.0},
                          {rows[k].gpu, gpus},
                          {demand, 1}});
    }
  }
  return -plan::best_fractions(program).value;
}

}  // namespace

Result<Bounds> fluid_bounds(const Cluster& cluster, const Trace& trace, double load) {
  TRY(plan::solver_ready());
  const double gpus = static_cast<double>(cluster.total_gpu_milli()) / 1000;
  const double asked = static_cast<double>(trace.total_gpu_milli()) / 1000;
  Bounds bounds;
  if (gpus <= 0 || asked <= 0) return bounds;
  const double scale = load * gpus / asked;
  bounds.any_policy = 100 * most_allocated(kinds_in(cluster), trace, scale) / gpus;
  const auto all = plan::pods::typical_pods(trace.shapes, trace.shape_counts, 100);
  const auto sizes = plan::pods::share_sizes(all);
  const auto prices = plan::pods::packing_prices(sizes);
  double needed = 0;  // GPUs per pod that comes
  double milli = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) needed += prices[i] * sizes[i].need;
  for (const plan::pods::Typical& pod : all) {
    if (!pod.shape.shares()) needed += pod.share * pod.shape.gpus;
    milli += pod.share * pod.shape.total_gpu_milli();
  }
  bounds.even = 100 * std::min(load, milli / 1000 / needed);
  return bounds;
}

}  // namespace septet::lab::openb
