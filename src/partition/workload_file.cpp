#include "partition/workload_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoted.h"
#include "partition/workload_measured.h"
#include "partition/workload_terms.h"

namespace septet::partition {

namespace {

constexpr std::uint64_t kMostReplicas = 10'000;  // per workload; no node holds a tenth of that
constexpr std::uint64_t kMostReplicasOfFleet = 100'000'000;
constexpr std::size_t kMostWorkloads = 10'000;
constexpr std::uint64_t kMostEngines = 1000;

bool good_name(const std::string& name) {
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
}

class WorkloadReader {
 public:
  explicit WorkloadReader(const YamlDocument& document) : document_(document) {}

  Result<std::vector<plan::Workload>> run() {
    TRY(check_keys(document_, document_.root, {"version", "workloads", "fleet"}));
    if (const YAML::Node version = document_.root["version"]; version) {
      const auto text = TRY(as_text(document_, version, "version"));
      if (text != "1" && text != "v1") {
        return fail_at(document_, version,
                       "version " + quoted(text) + " of a workload file is not known",
                       "write version: 1, or leave it out");
      }
    }
    const YAML::Node list = document_.root["workloads"];
    if (!list || !list.IsSequence() || list.size() == 0) {
      return fail_at(
          document_, list ? list : document_.root, "workloads must be a list of at least one",
          "write \"workloads:\" and below it lines like \"- {name: chat, memory: 14GiB}\"");
    }
    if (list.size() > kMostWorkloads) return fail_at(document_, list, "more than 10000 workloads");
    std::vector<plan::Workload> workloads;
    for (const YAML::Node& entry : list) {
      auto workload = TRY(read(entry));
      const auto twin = std::ranges::find(workloads, workload.name, &plan::Workload::name);
      if (twin != workloads.end()) {
        return fail_at(
            document_, entry["name"], "workload " + workload.name + " is named twice",
            fmt::format("the first is at {}; give it more replicas or another name", twin->where));
      }
      workloads.push_back(std::move(workload));
    }
    TRY(check_apart(document_, list, workloads));
    return workloads;
  }

  Result<plan::Workload> needs(const YAML::Node& entry, std::string name) {
    plan::Workload workload;
    workload.name = std::move(name);
    workload.where = where(document_, entry);
    TRY(read_needs(entry, workload));
    workload.name.clear();
    return workload;
  }

 private:
  Result<plan::Workload> read(const YAML::Node& entry) {
    if (!entry.IsMap()) return fail_at(document_, entry, "a workload must be a map with a name");
    TRY(check_keys(
        document_, entry,
        {"name", "replicas", "profile", "memory", "compute", "sms", "slices", "media", "rate",
         "latency", "latency-share", "measured", "products", "priority", "anti-affinity"}));
    plan::Workload workload;
    workload.where = where(document_, entry);
    if (!entry["name"])
      return fail_at(document_, entry, "this workload has no name", "add name: ...");
    workload.name = TRY(as_text(document_, entry["name"], "name"));
    if (!good_name(workload.name)) {
      return fail_at(document_, entry["name"],
                     "a name has 1 to 63 of a-z, A-Z, 0-9, '-', '_', '.', '/'");
    }
    if (entry["replicas"]) {
      const std::uint64_t most = document_.root["fleet"] ? kMostReplicasOfFleet : kMostReplicas;
      const auto count = TRY(as_count(document_, entry["replicas"], "replicas", most));
      if (count == 0) {
        return fail_at(document_, entry["replicas"], "replicas must be at least 1",
                       "take the workload out of the file instead");
      }
      workload.replicas = static_cast<unsigned>(count);
    }
    if (entry["profile"]) {
      TRY(read_profile(entry, workload));
    } else {
      TRY(read_needs(entry, workload));
    }
    TRY(read_terms(document_, entry, workload));
    return workload;
  }

  Result<> read_profile(const YAML::Node& entry, plan::Workload& workload) {
    workload.profile = TRY(as_text(document_, entry["profile"], "profile"));
    if (workload.profile.empty()) return fail_at(document_, entry["profile"], "profile is empty");
    for (const char* const key :
         {"memory", "compute", "sms", "slices", "media", "rate", "latency", "measured"}) {
      if (entry[key]) {
        return fail_at(document_, entry[key],
                       fmt::format("{} names a profile and {} as well", workload.name, key),
                       "keep the profile, or the needs and let septet choose");
      }
    }
    return {};
  }

  Result<> read_needs(const YAML::Node& entry, plan::Workload& workload) {
    if (entry["memory"]) TRY(read_memory(entry["memory"], workload));
    int ways = 0;
    for (const char* const key : {"compute", "sms", "slices"}) ways += entry[key] ? 1 : 0;
    if (ways > 1) {
      return fail_at(document_, entry, workload.name + " says its compute more than once",
                     "keep one of compute, sms and slices");
    }
    if (entry["compute"]) TRY(read_compute(entry["compute"], workload));
    if (entry["sms"]) workload.sms = TRY(at_least_one(entry["sms"], "sms"));
    if (entry["slices"]) workload.slices = TRY(at_least_one(entry["slices"], "slices"));
    if (entry["media"]) TRY(read_media(entry["media"], workload));
    TRY(read_objective(document_, entry, workload));
    if (workload.objective && entry["replicas"]) {
      return fail_at(document_, entry["replicas"],
                     workload.name + " has a rate: its instances follow from that",
                     "leave replicas out");
    }
    if (!workload.memory_bytes && ways == 0 && !workload.media.any() && !workload.objective) {
      return fail_at(document_, entry, workload.name + " names no profile and no needs",
                     "add profile: 1g.10gb, or memory: 14GiB and compute: 30%");
    }
    return {};
  }

  Result<unsigned> at_least_one(const YAML::Node& node, std::string_view what) {
    const auto count = TRY(as_count(document_, node, what, kMostEngines));
    if (count == 0) return fail_at(document_, node, fmt::format("{} must be at least 1", what));
    return static_cast<unsigned>(count);
  }

  Result<> read_memory(const YAML::Node& node, plan::Workload& workload) {
    const auto text = TRY(as_text(document_, node, "memory"));
    workload.memory_bytes = plan::parse_memory(text);
    if (workload.memory_bytes) return {};
    return fail_at(document_, node, "memory " + quoted(text) + " is not a number with a unit",
                   "write 14GiB or 20000MiB (1024s), or 15GB (1000s)");
  }

  Result<> read_compute(const YAML::Node& node, plan::Workload& workload) {
    const auto text = TRY(as_text(document_, node, "compute"));
    workload.compute_percent = plan::parse_percent(text);
    if (workload.compute_percent) return {};
    return fail_at(document_, node, "compute " + quoted(text) + " is not a share of a GPU",
                   "write 30%, or use sms: 40 or slices: 2");
  }

  Result<> read_media(const YAML::Node& node, plan::Workload& workload) {
    if (!node.IsMap()) {
      if (TRY(as_bool(document_, node, "media"))) workload.media = {1, 1, 1};
      return {};
    }
    TRY(check_keys(document_, node, {"decoders", "jpeg", "optical-flow"}));
    const auto engines = [&](const char* key, unsigned& count) -> Result<> {
      if (!node[key]) return {};
      count = static_cast<unsigned>(TRY(as_count(document_, node[key], key, kMostEngines)));
      return {};
    };
    TRY(engines("decoders", workload.media.decoders));
    TRY(engines("jpeg", workload.media.jpeg));
    return engines("optical-flow", workload.media.optical_flow);
  }

  const YamlDocument& document_;
};

}  // namespace

bool looks_like_workloads(const YamlDocument& document) {
  return document.root.IsMap() && document.root["workloads"];
}

Result<std::vector<plan::Workload>> read_workloads(const YamlDocument& document) {
  return WorkloadReader(document).run();
}

Result<plan::Workload> read_needs(const YamlDocument& document, const YAML::Node& entry,
                                  std::string name) {
  return WorkloadReader(document).needs(entry, std::move(name));
}

}  // namespace septet::partition
