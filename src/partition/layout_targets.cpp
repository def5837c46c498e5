#include "partition/layout_targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mig/profile_name.h"
#include "plan/place.h"
#include "plan/right_size.h"

namespace septet::partition {

namespace {

using mig::MigMode;

// "0000:36:00.0" of "00000000:36:00.0": domains are written with four or eight digits, or not.
std::string short_address(std::string_view address) {
  std::string text(address);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (std::ranges::count(text, ':') < 2) text = "0:" + text;
  text.erase(0, std::min(text.find_first_not_of('0'), text.find(':')));
  return text;
}

bool is_called(const mig::Gpu& gpu, const GpuName& name) {
  if (const auto* const index = std::get_if<std::uint32_t>(&name.name)) return gpu.index == *index;
  const std::string& text = std::get<std::string>(name.name);
  if (text.starts_with("GPU-")) return gpu.uuid == text;
  return !gpu.pci_bus_id.empty() && short_address(gpu.pci_bus_id) == short_address(text);
}

Result<const mig::Gpu*> find_gpu(const mig::Node& node, const GpuName& name) {
  const auto found =
      std::ranges::find_if(node.gpus, [&name](const auto& gpu) { return is_called(gpu, name); });
  if (found != node.gpus.end()) return &*found;
  std::string known;
  for (const mig::Gpu& gpu : node.gpus) {
    known += fmt::format("{}{} ({}, {})", known.empty() ? "" : ", ", gpu.index, gpu.uuid,
                         gpu.pci_bus_id);
    if (gpu.index < 7 || gpu.index + 1 >= node.gpus.size()) continue;
    known += fmt::format(" and {} more", node.gpus.size() - gpu.index - 1);
    break;
  }
  return fail(Code::kNotFound,
              fmt::format("{}: this node has no GPU {}", name.where, to_string(name)),
              "it has " + (known.empty() ? std::string("none") : known));
}

bool is_product(const mig::Gpu& gpu, const std::string& id) {
  return gpu.product != nullptr && gpu.product == mig::find_product(id);
}

// "layouts.yaml:7:5: GPU 0 (NVIDIA A30)": what is wrong there depends on the board.
std::string at(const std::string& where, const mig::Gpu& gpu) {
  return fmt::format("{}: GPU {} ({})", where, gpu.index, gpu.name);
}

Result<plan::ComputeCut> compute_of(const mig::Gpu& gpu, const mig::GpuInstanceProfile& profile,
                                    const ComputeWish& wish) {
  auto device = mig::match_device(gpu.geometry->geometry, wish.profile);
  if (!device) return fail_because(std::move(device).error(), at(wish.where, gpu));
  if (device->gpu_instance != &profile) {
    std::string known;
    for (const auto& row : profile.compute)
      known += fmt::format("{}{}", known.empty() ? "" : ", ", row.name);
    return fail(
        Code::kInvalidArgument,
        fmt::format("{}: {} is no part of {}", at(wish.where, gpu), wish.profile, profile.name),
        "inside it: " + known);
  }
  const mig::ComputeInstanceProfile& row = *device->compute;
  plan::ComputeCut cut{row.id, std::string(row.name), {}, {}};
  if (!wish.start) return cut;
  if (((row.starts >> *wish.start) & 1u) == 0) {
    return fail(Code::kInvalidArgument,
                fmt::format("{}: {} cannot start at slice {} of {}", at(wish.where, gpu), row.name,
                            *wish.start, profile.name),
                "`septet profiles` lists where it can");
  }
  cut.at = mig::Placement{*wish.start, row.size};
  return cut;
}

Result<> check_start(const mig::Gpu& gpu, const mig::GpuInstanceProfile& profile,
                     const InstanceWish& wish) {
  if (!wish.start || profile.allows({*wish.start, profile.size})) return {};
  std::string starts;
  for (unsigned start = 0; start < 16; ++start) {
    if (((profile.starts >> start) & 1u) != 0)
      starts += fmt::format("{}{}", starts.empty() ? "" : ", ", start);
  }
  return fail(
      Code::kInvalidArgument,
      fmt::format("{}: {} cannot start at {}", at(wish.where, gpu), profile.name, *wish.start),
      "its starts: " + starts);
}

Result<> add(const mig::Gpu& gpu, const InstanceWish& wish, plan::Wanted& wanted) {
  const mig::Geometry& geometry = gpu.geometry->geometry;
  if (wish.needs.profile.empty()) {
    auto profiles = TRY(plan::profiles_that_do(geometry, wish.needs));
    if (wish.start) {
      std::erase_if(profiles, [&wish](const auto* profile) {
        return !profile->allows({*wish.start, profile->size});
      });
      if (profiles.empty()) {
        return fail(Code::kInfeasible,
                    fmt::format("{}: nothing that gives {} can start at {}", at(wish.where, gpu),
                                plan::to_string(wish.needs), *wish.start),
                    "leave start out");
      }
    }
    wanted.open.insert(wanted.open.end(), wish.count, {std::move(profiles), wish.start});
    return {};
  }
  auto profile = mig::match_profile(geometry, wish.needs.profile);
  if (!profile) return fail_because(std::move(profile).error(), at(wish.needs.where, gpu));
  TRY(check_start(gpu, **profile, wish));
  plan::WantedInstance one{*profile, wish.start, plan::whole_instance(**profile, {}).compute};
  if (wish.compute) {
    one.compute.clear();
    for (const ComputeWish& compute : *wish.compute)
      one.compute.push_back(TRY(compute_of(gpu, **profile, compute)));
  }
  wanted.instances.insert(wanted.instances.end(), wish.count, one);
  return {};
}

Result<plan::GpuCut> cut_as(const LayoutEntry& entry, const mig::Gpu& gpu) {
  if (!entry.mig_enabled)
    return plan::GpuCut{gpu.index, gpu.uuid, MigMode::kOff, MigMode::kOff, {}};
  plan::Wanted wanted;
  wanted.leave_rest = entry.keep_rest;
  for (const InstanceWish& wish : entry.instances) TRY(add(gpu, wish, wanted));
  auto target = plan::place(gpu, wanted);
  if (!target) return fail_because(std::move(target).error(), entry.where);
  return target;
}

class LayoutMeaning {
 public:
  LayoutMeaning(const NamedLayout& layout, const mig::Node& node) : layout_(layout), node_(node) {}

  Result<std::vector<plan::GpuCut>> run() {
    for (const LayoutEntry& entry : layout_.entries) {
      if (entry.all) TRY(assign_all(entry));
    }
    for (const LayoutEntry& entry : layout_.entries) {
      for (const GpuName& name : entry.gpus) TRY(assign(entry, name));
    }
    std::vector<plan::GpuCut> targets;
    for (const mig::Gpu& gpu : node_.gpus) {
      if (const auto entry = entry_of_.find(gpu.index); entry != entry_of_.end())
        targets.push_back(TRY(cut_as(*entry->second, gpu)));
    }
    return targets;
  }

 private:
  Result<> assign_all(const LayoutEntry& entry) {
    bool any = false;
    for (const mig::Gpu& gpu : node_.gpus) {
      if (!entry.product.empty() && !is_product(gpu, entry.product)) continue;
      any = true;
      if (!gpu.problem && (gpu.mode == MigMode::kUnsupported || gpu.geometry == nullptr))
        continue;  // "all" means all that can
      TRY(put(entry, gpu));
    }
    if (any || entry.product.empty()) return {};
    return fail(Code::kNotFound,
                fmt::format("{}: no GPU of this node is a {}", entry.where, entry.product),
                "`septet status` shows what it has");
  }

  Result<> assign(const LayoutEntry& entry, const GpuName& name) {
    const mig::Gpu* const gpu = TRY(find_gpu(node_, name));
    if (!entry.product.empty() && !is_product(*gpu, entry.product)) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: GPU {} is a {}, not a {}", name.where, gpu->index,
                              gpu->product == nullptr ? gpu->name : std::string(gpu->product->id),
                              entry.product),
                  "take product out, or name another GPU");
    }
    if (!gpu->problem && (gpu->mode == MigMode::kUnsupported || gpu->geometry == nullptr)) {
      return fail(Code::kNotSupported,
                  fmt::format("{}: GPU {} ({}) cannot be cut", name.where, gpu->index, gpu->name),
                  "take it out of this entry");
    }
    return put(entry, *gpu);
  }

  Result<> put(const LayoutEntry& entry, const mig::Gpu& gpu) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "its state is unknown, so nothing can be planned for it");
    }
    const auto [known, added] = entry_of_.try_emplace(gpu.index, &entry);
    if (!added && known->second->all == entry.all) {
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: GPU {} is named a second time", entry.where, gpu.index),
                  "the first is at " + known->second->where);
    }
    known->second = &entry;
    return {};
  }

  const NamedLayout& layout_;
  const mig::Node& node_;
  std::map<std::uint32_t, const LayoutEntry*> entry_of_;
};

}  // namespace

Result<std::vector<plan::GpuCut>> targets_of(const NamedLayout& layout, const mig::Node& node) {
  return LayoutMeaning(layout, node).run();
}

}  // namespace septet::partition
