#include "slurm/relayout_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "publish/hostlist.h"

namespace septet::slurm {
namespace {

bool goes(const plan::Plan& cut, const publish::SlurmDevice& device) {
  return std::ranges::any_of(cut.steps, [&](const plan::Step& step) {
    if (step.gpu != device.gpu) return false;
    if (step.kind == plan::StepKind::kSetMode || step.kind == plan::StepKind::kReset) return true;
    return step.destroys() && (!device.gpu_instance || step.at == device.at);
  });
}

bool concerned(const Situation& situation, const SlurmJob& job) {
  if (!situation.order_known || job.gres_detail.size() != 1) {
    // Without a device of the node it cannot be hurt; but only a detail says so.
    return !job.per_node.empty() || job.asks_otherwise;
  }
  const auto indices = device_indices(job.gres_detail.front());
  if (!indices) return true;
  return std::ranges::any_of(*indices, [&](unsigned index) {
    return index >= situation.devices.size() || goes(situation.cut, situation.devices[index]);
  });
}

std::string ids_of(const std::vector<SlurmJob>& jobs) {
  std::vector<std::uint64_t> ids;
  for (const SlurmJob& job : jobs) ids.push_back(job.id);
  return fmt::format("{}", fmt::join(ids, " "));
}

bool about(const publish::SlurmLine& line, const std::string& node) {
  return line.value("nodename").value_or(node) == node;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::kDrain: return "drain";
    case StepKind::kAwaitConcerned: return "await-concerned-jobs";
    case StepKind::kCut: return "cut";
    case StepKind::kAwaitAll: return "await-all-jobs";
    case StepKind::kStopSlurmd: return "stop-slurmd";
    case StepKind::kDelete: return "delete-node";
    case StepKind::kWriteGres: return "write-gres-conf";
    case StepKind::kRegister: return "register";
  }
  return "unknown";
}

std::vector<SlurmJob> jobs_concerned(const Situation& situation) {
  std::vector<SlurmJob> found;
  for (const SlurmJob& job : situation.jobs)
    if (concerned(situation, job)) found.push_back(job);
  return found;
}

Result<std::vector<RelayoutStep>> relayout_steps(const Situation& situation) {
  const std::string& name = situation.node.name;
  if (!situation.node.dynamic())
    return fail(
        Code::kNotSupported,
        fmt::format("{} stands in slurm.conf, and Slurm changes the Gres of such a node only "
                    "with a restart of slurmctld",
                    name),
        "take its NodeName line out, and start slurmd -Z on it (docs/slurm.md)");
  std::vector<RelayoutStep> steps;
  const auto add = [&steps](StepKind kind, std::string text) {
    steps.push_back({kind, std::move(text)});
  };
  if (!situation.node.drained()) add(StepKind::kDrain, fmt::format("drain {}", name));
  const auto in_the_way = jobs_concerned(situation);
  if (!in_the_way.empty())
    add(StepKind::kAwaitConcerned,
        fmt::format("wait for the jobs on instances that go: {}", ids_of(in_the_way)));
  for (const plan::Step& step : situation.cut.steps) add(StepKind::kCut, plan::to_string(step));
  if (situation.jobs.size() > in_the_way.size())
    add(StepKind::kAwaitAll,
        fmt::format("wait for the jobs that keep theirs, for Slurm deletes no node with jobs: {}",
                    ids_of(situation.jobs)));
  add(StepKind::kStopSlurmd, "stop slurmd");
  add(StepKind::kDelete, fmt::format("set {0} down and delete it from slurmctld", name));
  add(StepKind::kWriteGres, fmt::format("write the lines of {} in gres.conf", name));
  add(StepKind::kRegister, fmt::format("start slurmd -Z and wait until {} is registered", name));
  return steps;
}

std::string dynamic_conf(const SlurmNode& node, const std::string& gres,
                         const std::vector<std::string>& features) {
  std::vector<std::string> all;
  // What septet said of the boards before is said anew.
  for (const std::string& feature : node.features)
    if (features.empty() || !(feature.starts_with("mig-") && feature.contains("-x")))
      all.push_back(feature);
  for (const std::string& feature : features)
    if (std::ranges::find(all, feature) == all.end()) all.push_back(feature);
  std::string text = fmt::format(
      "CPUs={} SocketsPerBoard={} CoresPerSocket={} ThreadsPerCore={} "
      "RealMemory={} Weight={}",
      node.cpus, node.sockets, node.cores, node.threads, node.real_memory_mib, node.weight);
  if (!all.empty()) text += fmt::format(" Feature={}", fmt::join(all, ","));
  if (!gres.empty()) text += fmt::format(" Gres={}", gres);
  return text;
}

std::vector<std::string> board_features(const mig::Node& node) {
  if (node.gpus.empty() || node.gpus.front().product == nullptr) return {};
  for (const mig::Gpu& gpu : node.gpus)
    if (gpu.problem || gpu.product != node.gpus.front().product) return {};
  return {fmt::format("mig-{}-x{}", node.gpus.front().product->id, node.gpus.size())};
}

Result<std::string> with_node_lines(const std::string& path, const std::string& node,
                                    const std::string& fresh, const publish::ReadFile& read) {
  const std::string text = TRY(read(path));
  const auto settings = TRY(publish::read_slurm_conf(path, read));
  std::vector<std::string> lines = lines_of(text);
  std::vector<bool> dropped(lines.size(), false);
  for (const publish::SlurmLine& line : settings) {
    const auto names = line.value("nodename");
    if (names && *names != node) {
      const auto all = TRY(publish::expand_hostlist(*names));
      if (std::ranges::find(all, node) == all.end()) continue;
    } else if (!names && !line.value("name") && !line.value("file")) {
      continue;  // a line about all nodes, as AutoDetect=off
    }
    if (!names || *names != node || line.file != path)
      return fail(Code::kConflict,
                  fmt::format("{}: this line is about {} and other nodes", line.where(), node),
                  fmt::format("give {} lines of its own, each with NodeName={}", node, node));
    std::size_t at = line.line - 1;
    dropped[at] = true;
    for (; lines[at].ends_with('\\') && at + 1 < lines.size(); ++at) dropped[at + 1] = true;
  }
  std::string made;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!dropped[i]) made += lines[i] + "\n";
  return made + fresh;
}

Result<publish::Detection> detection_of(const std::string& path, const std::string& node,
                                        const publish::ReadFile& read) {
  auto found = publish::Detection::kStatic;
  for (const publish::SlurmLine& line : TRY(publish::read_slurm_conf(path, read))) {
    std::string way = line.value("autodetect").value_or("");
    if (way.empty() || !about(line, node)) continue;
    std::ranges::transform(way, way.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    found = way == "nvml" ? publish::Detection::kNvml : publish::Detection::kStatic;
  }
  return found;
}

}  // namespace septet::slurm
