#include "lab/openb/trace.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/quoted.h"
#include "lab/openb/columns.h"

namespace septet::lab::openb {

namespace {

using plan::pods::Node;
using plan::pods::Shape;

constexpr std::int32_t kMostCpuMilli = 100'000'000, kMostMemoryMib = 1'000'000'000;
constexpr std::size_t kMostModels = 32;

// Whole, 0 allowed.
Result<std::int32_t> whole(const CsvTable& table, const CsvField& field, std::string_view what,
                           std::int32_t most) {
  const double value = TRY(table.number(field, what));
  if (value != std::floor(value) || value > most)
    return table.fail_at(field, std::string(what) + " " + quoted(field.text) +
                                    " is not a whole number from 0 to " + std::to_string(most));
  return static_cast<std::int32_t>(value);
}

Result<Node> parse_node(const CsvTable& table, const std::vector<CsvField>& row,
                        const std::vector<std::size_t>& column, std::vector<std::string>& models) {
  Node node;
  node.cpu_milli = TRY(whole(table, row[column[1]], "cpu_milli", kMostCpuMilli));
  node.memory_mib = TRY(whole(table, row[column[2]], "memory_mib", kMostMemoryMib));
  node.gpus =
      static_cast<std::uint8_t>(TRY(whole(table, row[column[3]], "gpu", plan::pods::kMostGpus)));
  if (node.gpus == 0)
    return table.fail_at(row[column[3]], "a node without a GPU",
                         "the experiment has only nodes with GPUs: openb_node_list_gpu_node.csv");
  std::fill_n(node.gpu_milli.begin(), node.gpus, std::int16_t{plan::pods::kWholeGpu});
  const CsvField& model = row[column[4]];
  auto known = std::ranges::find(models, model.text);
  if (known == models.end()) {
    if (models.size() == kMostModels) return table.fail_at(model, "over 32 models of GPUs");
    known = models.insert(models.end(), model.text);
  }
  node.model = static_cast<std::uint8_t>(known - models.begin());
  return node;
}

// Bit m for every model named; all bits for none.
std::uint32_t models_in(std::string_view spec, const std::vector<std::string>& models) {
  std::uint32_t bits = 0;
  bool any = false;
  while (!spec.empty()) {
    const std::size_t bar = std::min(spec.find('|'), spec.size());
    const std::string_view name = spec.substr(0, bar);
    spec.remove_prefix(std::min(bar + 1, spec.size()));
    if (name.empty()) continue;
    any = true;
    const auto known = std::ranges::find(models, name);
    if (known != models.end()) bits |= 1u << (known - models.begin());
  }
  return any ? bits : ~0u;
}

Result<Shape> parse_shape(const CsvTable& table, const std::vector<CsvField>& row,
                          const std::vector<std::size_t>& column) {
  Shape shape;
  shape.cpu_milli = TRY(whole(table, row[column[1]], "cpu_milli", kMostCpuMilli));
  shape.memory_mib = TRY(whole(table, row[column[2]], "memory_mib", kMostMemoryMib));
  shape.gpus = TRY(whole(table, row[column[3]], "num_gpu", plan::pods::kMostGpus));
  shape.gpu_milli = TRY(whole(table, row[column[4]], "gpu_milli", plan::pods::kWholeGpu));
  if ((shape.gpus == 0) != (shape.gpu_milli == 0))
    return table.fail_at(row[column[4]], "num_gpu and gpu_milli disagree: one of them is 0");
  if (shape.gpus > 1 && shape.gpu_milli != plan::pods::kWholeGpu)
    return table.fail_at(row[column[4]], "a pod of several GPUs takes whole ones: gpu_milli 1000");
  return shape;
}

}  // namespace

std::int64_t Cluster::total_gpu_milli() const {
  std::int64_t total = 0;
  for (const NamedNode& named : nodes) total += named.node.total_gpu_milli();
  return total;
}

std::int64_t Trace::total_gpu_milli() const {
  std::int64_t total = 0;
  for (std::size_t s = 0; s < shapes.size(); ++s)
    total += static_cast<std::int64_t>(shape_counts[s]) * shapes[s].total_gpu_milli();
  return total;
}

Result<Cluster> parse_cluster(const CsvTable& table) {
  const auto column = TRY(columns_of(table, {"sn", "cpu_milli", "memory_mib", "gpu", "model"}));
  Cluster cluster;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    cluster.nodes.push_back(
        {row[column[0]].text, TRY(parse_node(table, row, column, cluster.models))});
  }
  std::ranges::sort(cluster.nodes, {}, &NamedNode::name);
  const auto twice = std::ranges::adjacent_find(cluster.nodes, {}, &NamedNode::name);
  if (twice != cluster.nodes.end())
    return fail(Code::kInvalidArgument, table.name + ": node " + quoted(twice->name) + " twice");
  return cluster;
}

Result<Trace> parse_trace(const CsvTable& table, const Cluster& cluster) {
  const auto column =
      TRY(columns_of(table, {"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"}));
  const auto& header = table.rows.front();
  const auto spec = std::ranges::find(header, std::string_view("gpu_spec"), &CsvField::text);
  std::vector<std::pair<std::string, std::uint32_t>> pods;
  Trace trace;
  for (std::size_t r = 1; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    Shape shape = TRY(parse_shape(table, row, column));
    if (spec != header.end()) {
      shape.spec = row[static_cast<std::size_t>(spec - header.begin())].text;
      if (shape.gpus > 0) shape.models = models_in(shape.spec, cluster.models);
    }
    const auto same = std::ranges::find(trace.shapes, shape);
    pods.emplace_back(row[column[0]].text, static_cast<std::uint32_t>(same - trace.shapes.begin()));
    if (same == trace.shapes.end()) {
      trace.shapes.push_back(std::move(shape));
      trace.shape_counts.push_back(0);
    }
    ++trace.shape_counts[pods.back().second];
  }
  std::ranges::sort(pods);
  for (auto& [name, shape] : pods) {
    if (!trace.names.empty() && trace.names.back() == name)
      return fail(Code::kInvalidArgument, table.name + ": pod " + quoted(name) + " twice");
    trace.names.push_back(std::move(name));
    trace.shape_of.push_back(shape);
  }
  return trace;
}

}  // namespace septet::lab::openb
