#include "lab/scenario/tenant_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest.h"
#include "base/quoted.h"
#include "lab/scenario/quantity.h"
#include "mig/profile_name.h"

namespace septet::lab {

namespace {

constexpr std::size_t kMostTenants = 64;
constexpr unsigned kMostReplicas = 256;  // of all tenants together
constexpr double kMostArrivals = 5e6;    // of all tenants together

class TenantReader {
 public:
  explicit TenantReader(const TenantReading& reading)
      : document_(*reading.document),
        gpu_(*reading.gpu),
        seconds_(reading.seconds),
        open_(*reading.open) {}

  Result<Tenant> run(const YAML::Node& node) {
    if (!node.IsMap()) return fail_at(document_, node, "a tenant must be a map with a name");
    TRY(check_keys(document_, node,
                   {"name", "replicas", "kind", "work", "memory", "to-device", "from-device",
                    "arrivals", "active", "objective", "profile", "thread-percentage"}));
    Tenant tenant;
    TRY(read_name(node, tenant));
    TRY(read_kind(node, tenant));
    TRY(read_cost(node, tenant));
    if (node["active"]) tenant.arrivals.active = TRY(read_active(document_, node["active"]));
    TRY(read_wishes(node, tenant));
    return tenant;
  }

 private:
  Result<> read_name(const YAML::Node& node, Tenant& tenant) {
    if (!node["name"]) return fail_at(document_, node, "this tenant has no name", "add name: ...");
    tenant.name = TRY(as_text(document_, node["name"], "name"));
    const bool good = !tenant.name.empty() && tenant.name.size() <= 40 &&
                      std::ranges::all_of(tenant.name, [](char c) {
                        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
                      });
    if (!good) {
      return fail_at(document_, node["name"], "a name has 1 to 40 of a-z, A-Z, 0-9, '-', '_', '.'");
    }
    if (!node["replicas"]) return {};
    const auto count = TRY(as_count(document_, node["replicas"], "replicas", kMostReplicas));
    if (count == 0) {
      return fail_at(document_, node["replicas"], "replicas must be at least 1",
                     "take the tenant out of the scenario instead");
    }
    tenant.replicas = static_cast<unsigned>(count);
    return {};
  }

  Result<> read_kind(const YAML::Node& node, Tenant& tenant) {
    if (!node["kind"]) return {};
    const auto kind = TRY(as_text(document_, node["kind"], "kind"));
    static constexpr std::string_view kKinds[] = {"requests", "training"};
    if (std::ranges::find(kKinds, kind) == std::end(kKinds)) {
      return fail_at(document_, node["kind"], "kind " + quoted(kind) + " is not known",
                     did_you_mean(kind, kKinds));
    }
    tenant.training = kind == "training";
    return {};
  }

  Result<> read_cost(const YAML::Node& node, Tenant& tenant) {
    if (!node["work"]) {
      return fail_at(document_, node, tenant.name + " has no work",
                     "add work: {library: resnet50-b8}");
    }
    ReadWork read = TRY(read_work(document_, node["work"], gpu_));
    if (read.trains != tenant.training && node["work"]["library"]) {
      return fail_at(document_, node["work"]["library"],
                     read.trains ? "this is a training step and the tenant serves requests"
                                 : "this is an inference and the tenant trains",
                     read.trains ? "add kind: training" : "take a work named train-...");
    }
    TRY(read_load(node, read, tenant));
    tenant.work = std::move(read.work);
    if (node["memory"]) {
      tenant.work.memory_mib = TRY(as_bytes(document_, node["memory"], "memory")) / 0x1p20;
    } else if (tenant.work.memory_mib <= 0.0) {
      return fail_at(document_, node["work"], tenant.name + " does not say its memory",
                     "add memory: 2GiB, what one replica holds besides its CUDA context");
    }
    if (node["to-device"])
      tenant.work.to_device_bytes = TRY(as_bytes(document_, node["to-device"], "to-device"));
    if (node["from-device"])
      tenant.work.from_device_bytes = TRY(as_bytes(document_, node["from-device"], "from-device"));
    return {};
  }

  Result<> read_load(const YAML::Node& node, ReadWork& read, Tenant& tenant) {
    if (tenant.training) {
      if (!node["arrivals"]) {
        tenant.arrivals.kind = Arrivals::Kind::kClosed;
        return need_tokens(node, read);
      }
      return fail_at(document_, node["arrivals"],
                     tenant.name + " trains: it takes its next step when the last is done",
                     "leave arrivals out; active: says when it runs");
    }
    if (!node["arrivals"]) {
      return fail_at(document_, node, tenant.name + " has no arrivals",
                     "add arrivals: {poisson: 2.1/s}");
    }
    tenant.arrivals = TRY(read_arrivals(document_, node["arrivals"], gpu_, seconds_, open_, read));
    return need_tokens(node, read);
  }

  Result<> need_tokens(const YAML::Node& node, const ReadWork& read) {
    if (!read.llm || read.llm->prompt > 0.0) return {};
    return fail_at(document_, node["work"]["llm"],
                   "llm says no prompt and output, and no trace does",
                   "add prompt: 400 and output: 120");
  }

  Result<> read_wishes(const YAML::Node& node, Tenant& tenant) {
    if (node["objective"]) {
      if (tenant.training) {
        return fail_at(document_, node["objective"],
                       "objective is of latency, and " + tenant.name + " trains",
                       "leave it out: of training the steps per second count");
      }
      tenant.objective_seconds =
          TRY(as_seconds(document_, node["objective"], "objective", {1e-6, 1e6}));
    }
    if (node["thread-percentage"]) {
      tenant.thread_percentage = 100.0 * TRY(as_share(document_, node["thread-percentage"],
                                                      "thread-percentage", {0.01, 1.0}));
    }
    if (!node["profile"]) return {};
    const auto name = TRY(as_text(document_, node["profile"], "profile"));
    auto profile = mig::match_profile(gpu_.product->geometry, name);
    if (!profile)
      return fail_because(std::move(profile).error(), where(document_, node["profile"]));
    tenant.profile = (*profile)->name;
    return {};
  }

  const YamlDocument& document_;
  const GpuModel& gpu_;
  double seconds_;
  const OpenTable& open_;
};

// A replica serves one request at a time, so a closed loop makes at most as many as it can serve.
double arrivals_of(const Tenant& tenant, double seconds) {
  double each = tenant.arrivals.per_second * seconds;
  if (tenant.arrivals.kind == Arrivals::Kind::kTrace)
    each = static_cast<double>(tenant.arrivals.trace.size());
  if (tenant.arrivals.kind == Arrivals::Kind::kClosed)
    each = seconds / seconds_on(tenant.work, {1.0, 1.0});
  return tenant.replicas * each;
}

// What the simulation would have to step through, before it does.
Result<> check_size(const TenantReading& reading, const YAML::Node& list,
                    const std::vector<Tenant>& tenants) {
  unsigned replicas = 0;
  double arrivals = 0.0;
  for (const Tenant& tenant : tenants) {
    replicas += tenant.replicas;
    arrivals += arrivals_of(tenant, reading.seconds);
  }
  if (replicas > kMostReplicas) {
    return fail_at(
        *reading.document, list,
        fmt::format("{} replicas, and the lab takes {} at most", replicas, kMostReplicas),
        "what holds for a part of them holds for all");
  }
  if (arrivals <= kMostArrivals) return {};
  return fail_at(*reading.document, list,
                 fmt::format("{:.0f} requests and steps, and the lab takes {:.0f} at most",
                             arrivals, kMostArrivals),
                 "shorten seconds");
}

}  // namespace

Result<std::vector<Tenant>> read_tenants(const TenantReading& reading, const YAML::Node& list) {
  const YamlDocument& document = *reading.document;
  if (!list || !list.IsSequence() || list.size() == 0) {
    return fail_at(
        document, list ? list : document.root, "tenants must be a list of at least one",
        "write \"tenants:\" and below it \"- {name: ..., work: {...}, arrivals: {...}}\"");
  }
  if (list.size() > kMostTenants)
    return fail_at(document, list, fmt::format("more than {} tenants", kMostTenants));
  std::vector<Tenant> tenants;
  std::map<std::string, std::string> seen;
  TenantReader reader(reading);
  for (const YAML::Node& node : list) {
    Tenant tenant = TRY(reader.run(node));
    const auto [twin, fresh] = seen.emplace(tenant.name, where(document, node["name"]));
    if (!fresh) {
      return fail_at(
          document, node["name"], "tenant " + tenant.name + " is named twice",
          fmt::format("the first is at {}; give it more replicas or another name", twin->second));
    }
    tenants.push_back(std::move(tenant));
  }
  TRY(check_size(reading, list, tenants));
  return tenants;
}

}  // namespace septet::lab
