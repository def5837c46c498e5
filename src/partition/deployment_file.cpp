#include "partition/deployment_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/profile_name.h"
#include "partition/thousandths.h"

namespace septet::partition {

namespace {

constexpr std::uint64_t kMostGpusListed = 60'000;
constexpr const char* kIdleName = "idle";

struct ListedGpus {
  std::vector<plan::TransitionGpu> gpus;
  plan::Deployment deployment;
};

class DeploymentReader {
 public:
  Result<plan::TransitionProblem> run(const YamlDocument& from, const YamlDocument& to,
                                      unsigned spares) {
    ListedGpus before = TRY(read_list(from));
    ListedGpus after = TRY(read_list(to));
    TRY(check_same(before, after, to));
    for (unsigned i = 0; i < spares; ++i) {
      before.gpus.push_back({fmt::format("spare {}", i), before.gpus.front().product});
      before.deployment.emplace_back();
      after.deployment.emplace_back();
    }
    problem_.gpus = std::move(before.gpus);
    problem_.from = std::move(before.deployment);
    problem_.to = std::move(after.deployment);
    TRY(read_services(from));
    TRY(read_services(to));
    count_replicas();
    set_floors();
    return std::move(problem_);
  }

 private:
  Result<ListedGpus> read_list(const YamlDocument& document) {
    TRY(check_keys(document, document.root, {"version", "deployment", "services"}));
    const YAML::Node list = document.root["deployment"];
    if (!list || !list.IsSequence() || list.size() == 0) {
      return fail_at(document, list ? list : document.root, "deployment must be a list of GPUs",
                     "write \"deployment:\" and below it lines like \"- {product: a100-80gb, "
                     "runs: {3g.40gb@0: chat}}\"");
    }
    ListedGpus listed;
    for (const YAML::Node& entry : list) TRY(read_gpu(document, entry, listed));
    return listed;
  }

  Result<> read_gpu(const YamlDocument& document, const YAML::Node& entry, ListedGpus& listed) {
    if (!entry.IsMap()) return fail_at(document, entry, "a GPU must be a map with a product");
    TRY(check_keys(document, entry, {"product", "name", "gpus", "runs"}));
    if (!entry["product"])
      return fail_at(document, entry, "this GPU has no product", "add product: ...");
    plan::TransitionGpu gpu;
    gpu.product = TRY(read_product(document, entry["product"]));
    if (entry["name"]) gpu.name = TRY(as_text(document, entry["name"], "name"));
    std::uint64_t count = 1;
    if (entry["gpus"]) count = TRY(as_count(document, entry["gpus"], "gpus", kMostGpusListed));
    if (listed.gpus.size() + count > kMostGpusListed)
      return fail_at(document, entry, fmt::format("more than {} GPUs", kMostGpusListed));
    std::vector<plan::RunningReplica> runs;
    if (entry["runs"]) runs = TRY(read_runs(document, entry["runs"], *gpu.product));
    for (std::uint64_t i = 0; i < count; ++i) {
      plan::TransitionGpu one = gpu;
      if (one.name.empty()) one.name = fmt::format("GPU {}", listed.gpus.size());
      listed.gpus.push_back(std::move(one));
      listed.deployment.push_back(runs);
    }
    return {};
  }

  Result<const mig::Product*> read_product(const YamlDocument& document, const YAML::Node& node) {
    const auto id = TRY(as_text(document, node, "product"));
    if (const mig::Product* const product = mig::find_product(id)) return product;
    std::vector<std::string_view> known;
    for (const mig::Product& one : mig::products()) known.push_back(one.id);
    return fail_at(document, node, "product " + quoted(id) + " is not in septet's tables",
                   did_you_mean(id, known));
  }

  Result<std::vector<plan::RunningReplica>> read_runs(const YamlDocument& document,
                                                      const YAML::Node& map,
                                                      const mig::Product& product) {
    if (map.IsNull()) return std::vector<plan::RunningReplica>{};
    if (!map.IsMap())
      return fail_at(document, map, "runs must be a map", "write runs: {3g.40gb@0: chat}");
    std::vector<plan::RunningReplica> runs;
    std::vector<mig::Instance> instances;
    for (const auto& entry : map) {
      const auto at = TRY(as_text(document, entry.first, "runs"));
      const auto service = TRY(as_text(document, entry.second, "service"));
      instances.push_back(TRY(read_instance(document, entry.first, at, product.geometry)));
      runs.push_back({instances.back(), service == kIdleName ? plan::kIdle : service_of(service)});
    }
    const auto layout = mig::Layout::make(product.geometry, instances);
    if (!layout) return fail_at(document, map, layout.error().what, layout.error().remedy);
    return runs;
  }

  static Result<mig::Instance> read_instance(const YamlDocument& document, const YAML::Node& node,
                                             const std::string& written,
                                             const mig::Geometry& geometry) {
    std::string text = written;
    std::ranges::replace(text, '@', ':');
    const auto placed = mig::match_placed(geometry, text);
    if (!placed || !placed->start) {
      return fail_at(
          document, node,
          placed ? quoted(written) + " does not say where it starts" : placed.error().what,
          "write PROFILE@START, as septet layouts shows them");
    }
    return mig::Instance{placed->profile, {*placed->start, placed->profile->size}};
  }

  std::size_t service_of(const std::string& name) {
    const auto [at, fresh] = services_.try_emplace(name, problem_.services.size());
    if (fresh) {
      problem_.services.push_back({name, 0, 0.0, {}});
      floors_.emplace_back();
    }
    return at->second;
  }

  static Result<> check_same(const ListedGpus& before, const ListedGpus& after,
                             const YamlDocument& to) {
    const auto fewer = std::min(before.gpus.size(), after.gpus.size());
    for (std::size_t g = 0; g < fewer; ++g) {
      if (before.gpus[g].product == after.gpus[g].product) continue;
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: {} is a {}, and was a {}", to.name, after.gpus[g].name,
                              after.gpus[g].product->id, before.gpus[g].product->id),
                  "list the same GPUs in the same order in both files");
    }
    if (before.gpus.size() == after.gpus.size()) return {};
    return fail(Code::kInvalidArgument,
                fmt::format("{}: {} GPUs are listed, and were {}", to.name, after.gpus.size(),
                            before.gpus.size()),
                "list GPUs that are empty, too, with their product alone");
  }

  Result<> read_services(const YamlDocument& document) {
    const YAML::Node map = document.root["services"];
    if (!map) return {};
    if (!map.IsMap())
      return fail_at(document, map, "services must be a map", "write services: {chat: {load: 12}}");
    std::set<std::string> seen;
    for (const auto& entry : map) {
      const auto name = TRY(as_text(document, entry.first, "service"));
      if (!seen.insert(name).second)
        return fail_at(document, entry.first, quoted(name) + " is written twice");
      const auto known = services_.find(name);
      if (known == services_.end()) {
        std::vector<std::string_view> names;
        for (const auto& [one, index] : services_) names.push_back(one);
        return fail_at(document, entry.first, "no GPU runs " + quoted(name),
                       did_you_mean(name, names));
      }
      TRY(read_service(document, entry.second, known->second));
    }
    return {};
  }

  Result<> read_service(const YamlDocument& document, const YAML::Node& map, std::size_t index) {
    if (!map.IsMap()) return fail_at(document, map, "a service must be a map");
    TRY(check_keys(document, map, {"gives", "floor", "load"}));
    plan::MovingService& service = problem_.services[index];
    if (map["floor"]) floors_[index] = TRY(number(document, map["floor"], "floor"));
    if (map["load"]) {
      const std::int64_t load = TRY(number(document, map["load"], "load"));
      service.load_seconds = static_cast<double>(load) / 1000;
    }
    if (!map["gives"]) return {};
    if (!map["gives"].IsMap()) {
      return fail_at(document, map["gives"], "gives must be a map", "write gives: {3g.40gb: 110}");
    }
    service.gives.clear();
    for (const auto& entry : map["gives"]) {
      const std::int64_t amount = TRY(number(document, entry.second, "gives"));
      TRY(add_gives(document, entry.first, amount, service));
    }
    return {};
  }

  // A profile's name is that of every product that has one of the name.
  Result<> add_gives(const YamlDocument& document, const YAML::Node& node, std::int64_t amount,
                     plan::MovingService& service) {
    const auto name = TRY(as_text(document, node, "profile"));
    bool any = false;
    std::set<const mig::Product*> done;
    for (const plan::TransitionGpu& gpu : problem_.gpus) {
      if (!done.insert(gpu.product).second) continue;
      const auto* const profile = gpu.product->geometry.find_name(name);
      if (profile == nullptr) continue;
      service.gives.push_back({profile, amount});
      any = true;
    }
    if (any) return {};
    std::vector<std::string_view> known;
    for (const auto& profile : problem_.geometry(0).profiles) known.push_back(profile.name);
    return fail_at(document, node, "no GPU here has a profile " + quoted(name),
                   did_you_mean(name, known));
  }

  static Result<std::int64_t> number(const YamlDocument& document, const YAML::Node& node,
                                     std::string_view what) {
    const auto text = TRY(as_text(document, node, what));
    if (const auto value = parse_thousandths(text)) return *value;
    return fail_at(document, node,
                   std::string(what) + " " + quoted(text) + " is not a number that can be counted",
                   "write 0 to 1000000 with at most three decimals, like 12.5");
  }

  // A service that does not say what it gives counts its replicas, in the profiles it runs in.
  void count_replicas() {
    const std::size_t services = problem_.services.size();
    std::vector<bool> silent(services);
    for (std::size_t s = 0; s < services; ++s) silent[s] = problem_.services[s].gives.empty();
    for (const auto* const deployment : {&problem_.from, &problem_.to}) {
      for (const auto& replicas : *deployment) {
        for (const plan::RunningReplica& replica : replicas) {
          if (replica.service == plan::kIdle || !silent[replica.service]) continue;
          plan::MovingService& service = problem_.services[replica.service];
          if (service.in(replica.instance.profile) == 0)
            service.gives.push_back({replica.instance.profile, 1000});
        }
      }
    }
  }

  void set_floors() {
    const auto before = plan::capacities(problem_, problem_.from);
    const auto after = plan::capacities(problem_, problem_.to);
    for (std::size_t s = 0; s < problem_.services.size(); ++s)
      problem_.services[s].floor = floors_[s].value_or(std::min(before[s], after[s]));
  }

  plan::TransitionProblem problem_;
  std::map<std::string, std::size_t> services_;
  std::vector<std::optional<std::int64_t>> floors_;
};

}  // namespace

Result<plan::TransitionProblem> read_transition(const YamlDocument& from, const YamlDocument& to,
                                                unsigned spares) {
  return DeploymentReader().run(from, to, spares);
}

}  // namespace septet::partition
