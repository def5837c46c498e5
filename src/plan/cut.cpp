#include "plan/cut.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::plan {

namespace {

std::uint8_t start_of(const ComputeCut& compute) { return compute.at ? compute.at->start : 0xff; }

// Fixed places first: they have one candidate each, an open one takes what is left.
bool compute_satisfies(std::vector<ComputeCut> have, const std::vector<ComputeCut>& want) {
  if (have.size() != want.size()) return false;
  for (const bool fixed : {true, false}) {
    for (const ComputeCut& wanted : want) {
      if (wanted.at.has_value() != fixed) continue;
      const auto found = std::ranges::find_if(have, [&wanted](const ComputeCut& candidate) {
        return candidate.profile_id == wanted.profile_id &&
               (!wanted.at || candidate.at == wanted.at);
      });
      if (found == have.end()) return false;
      have.erase(found);
    }
  }
  return true;
}

}  // namespace

GpuCut cut_of(const mig::Gpu& gpu) {
  GpuCut cut{gpu.index, gpu.uuid, gpu.mode, gpu.pending, {}};
  for (const mig::GpuInstance& instance : gpu.instances) {
    InstanceCut held{instance.profile_id, instance.name, instance.at, {}};
    for (const mig::ComputeInstance& compute : instance.compute) {
      held.compute.push_back({compute.profile_id, compute.name, compute.at, compute.uuid});
    }
    std::ranges::sort(held.compute, {}, start_of);
    cut.instances.push_back(std::move(held));
  }
  std::ranges::sort(cut.instances, {},
                    [](const InstanceCut& instance) { return instance.at.start; });
  return cut;
}

InstanceCut whole_instance(const mig::GpuInstanceProfile& profile, mig::Placement at) {
  InstanceCut cut{profile.id, std::string(profile.name), at, {}};
  const mig::ComputeInstanceProfile* const compute = profile.default_compute();
  if (compute != nullptr) cut.compute.push_back({compute->id, std::string(compute->name), {}, {}});
  return cut;
}

bool same_place(const InstanceCut& a, const InstanceCut& b) {
  return a.profile_id == b.profile_id && a.at == b.at;
}

bool satisfies(const InstanceCut& have, const InstanceCut& want) {
  return same_place(have, want) && compute_satisfies(have.compute, want.compute);
}

bool satisfies(const GpuCut& have, const GpuCut& want) {
  return have.uuid == want.uuid && have.mode == want.mode && have.pending == want.pending &&
         std::ranges::equal(
             have.instances, want.instances,
             [](const InstanceCut& a, const InstanceCut& b) { return satisfies(a, b); });
}

std::string to_string(const InstanceCut& instance) {
  std::string text = fmt::format("{}@{}", instance.name, instance.at.start);
  if (instance.compute.empty()) return text + " (no compute instance)";
  if (instance.compute.size() == 1 && instance.compute[0].name == instance.name) return text;
  std::string inside;
  for (const ComputeCut& compute : instance.compute) {
    inside += (inside.empty() ? "" : " ") + compute.name;
    if (compute.at) inside += fmt::format("@{}", compute.at->start);
  }
  return fmt::format("{} ({})", text, inside);
}

std::string to_string(const GpuCut& cut) {
  std::string text =
      fmt::format("GPU {}: MIG {}", cut.gpu, cut.mode == mig::MigMode::kOn ? "on" : "off");
  if (cut.pending != cut.mode)
    text += cut.pending == mig::MigMode::kOn ? " (on pending)" : " (off pending)";
  if (cut.instances.empty()) return text + (cut.mode == mig::MigMode::kOn ? ", empty" : "");
  for (const InstanceCut& instance : cut.instances) {
    text += (&instance == &cut.instances.front() ? ", " : " ") + to_string(instance);
  }
  return text;
}

bool in_use(const mig::GpuInstance& instance) { return !instance.processes.empty(); }

std::string who(const std::vector<mig::Process>& processes) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(processes.size(), kShown); ++i) {
    if (i > 0) text += ", ";
    text += fmt::format("pid {}", processes[i].pid);
    if (!processes[i].name.empty()) text += fmt::format(" ({})", processes[i].name);
  }
  if (processes.size() > kShown) text += fmt::format(" and {} more", processes.size() - kShown);
  return text;
}

}  // namespace septet::plan
