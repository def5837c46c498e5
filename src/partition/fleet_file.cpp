#include "partition/fleet_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/profile_name.h"

namespace septet::partition {

namespace {

constexpr std::size_t kMostPools = 10'000;
constexpr std::uint64_t kMostGpus = 100'000'000;
constexpr std::int64_t kMostCost = 1'000'000'000;  // thousandths

// "2.4" -> 2400; at most three decimals, no sign, no exponent.
std::optional<std::int64_t> parse_thousandths(const std::string& text) {
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  const std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  if (digits.empty() || decimals.size() > 3) return std::nullopt;
  if (point != std::string::npos && decimals.empty()) return std::nullopt;
  digits += decimals;
  digits.append(3 - decimals.size(), '0');
  std::int64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (digits.front() == '-' || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (value > kMostCost) return std::nullopt;
  return value;
}

class Reader {
 public:
  explicit Reader(const YamlDocument& document) : document_(document) {}

  Result<plan::Fleet> run() {
    TRY(check_keys(document_, document_.root, {"version", "fleet", "workloads"}));
    const YAML::Node list = document_.root["fleet"];
    if (!list || !list.IsSequence() || list.size() == 0 || list.size() > kMostPools) {
      return fail_at(document_, list ? list : document_.root,
                     "fleet must be a list of 1 to 10000 pools",
                     "write \"fleet:\" and below it lines like \"- {product: h100-sxm5-80gb, "
                     "gpus: 64}\"");
    }
    for (const YAML::Node& entry : list) TRY(read_pool(entry));
    return std::move(fleet_);
  }

 private:
  Result<> read_pool(const YAML::Node& entry) {
    if (!entry.IsMap())
      return fail_at(document_, entry, "a pool must be a map with a product and gpus");
    TRY(check_keys(document_, entry, {"product", "gpus", "cost", "holds", "runs"}));
    for (const char* const key : {"product", "gpus"}) {
      if (!entry[key])
        return fail_at(document_, entry, fmt::format("this pool has no {}", key),
                       fmt::format("add {}: ...", key));
    }
    plan::Pool pool;
    pool.product = TRY(read_product(entry["product"]));
    pool.gpus = TRY(as_count(document_, entry["gpus"], "gpus", kMostGpus));
    if (entry["holds"]) pool.held = TRY(read_instances(entry["holds"], "holds", pool.product, {}));
    if (entry["runs"])
      pool.may_move = TRY(read_instances(entry["runs"], "runs", pool.product, pool.held));
    pool.cost = pool.held.empty() ? 1000 : 0;
    if (entry["cost"]) pool.cost = TRY(read_cost(entry["cost"]));
    fleet_.pools.push_back(std::move(pool));
    return {};
  }

  Result<std::size_t> read_product(const YAML::Node& node) {
    const auto id = TRY(as_text(document_, node, "product"));
    const mig::Product* const product = mig::find_product(id);
    if (product == nullptr) {
      std::vector<std::string_view> known;
      for (const mig::Product& one : mig::products()) known.push_back(one.id);
      return fail_at(document_, node, "product " + quoted(id) + " is not in septet's tables",
                     did_you_mean(id, known));
    }
    const auto same = std::ranges::find(fleet_.products, product->id, &plan::FleetProduct::id);
    if (same != fleet_.products.end())
      return static_cast<std::size_t>(same - fleet_.products.begin());
    fleet_.products.push_back({std::string(product->id), &product->geometry});
    return fleet_.products.size() - 1;
  }

  Result<std::int64_t> read_cost(const YAML::Node& node) {
    const auto text = TRY(as_text(document_, node, "cost"));
    const auto cost = parse_thousandths(text);
    if (cost) return *cost;
    return fail_at(document_, node, "cost " + quoted(text) + " is not a number that can be counted",
                   "write 0 to 1000000 with at most three decimals, like 2.4");
  }

  // By start. They must be legal together with what stands `beside` them.
  Result<std::vector<mig::Instance>> read_instances(const YAML::Node& list, std::string_view key,
                                                    std::size_t product,
                                                    const std::vector<mig::Instance>& beside) {
    if (!list.IsSequence()) {
      return fail_at(document_, list, fmt::format("{} must be a list", key),
                     fmt::format("write {}: [3g.40gb@4]", key));
    }
    const mig::Geometry& geometry = *fleet_.products[product].geometry;
    std::vector<mig::Instance> read;
    for (const YAML::Node& node : list) {
      auto text = TRY(as_text(document_, node, key));
      const std::string written = text;
      std::ranges::replace(text, '@', ':');
      const auto placed = mig::match_placed(geometry, text);
      if (!placed || !placed->start) {
        return fail_at(
            document_, node,
            placed ? quoted(written) + " does not say where it starts" : placed.error().what,
            "write PROFILE@START, as septet layouts shows them");
      }
      read.push_back({placed->profile, {*placed->start, placed->profile->size}});
    }
    std::vector<mig::Instance> together = beside;
    together.insert(together.end(), read.begin(), read.end());
    const auto layout = mig::Layout::make(geometry, together);
    if (!layout) return fail_at(document_, list, layout.error().what, layout.error().remedy);
    std::ranges::sort(read, {}, [](const mig::Instance& one) { return one.at; });
    return read;
  }

  const YamlDocument& document_;
  plan::Fleet fleet_;
};

}  // namespace

bool looks_like_fleet(const YamlDocument& document) {
  return document.root.IsMap() && document.root["fleet"];
}

Result<plan::Fleet> read_fleet(const YamlDocument& document) { return Reader(document).run(); }

}  // namespace septet::partition
