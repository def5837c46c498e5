#include "partition/workload_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/product.h"

namespace septet::partition {

namespace {

constexpr int kMostPriority = 1'000'000'000;

Result<std::string> read_allowed_product(const YamlDocument& document, const YAML::Node& node) {
  const auto id = TRY(as_text(document, node, "products"));
  if (const mig::Product* const product = mig::find_product(id)) return std::string(product->id);
  std::vector<std::string_view> known;
  for (const mig::Product& one : mig::products()) known.push_back(one.id);
  return fail_at(document, node, "product " + quoted(id) + " is not in septet's tables",
                 did_you_mean(id, known));
}

Result<> read_products(const YamlDocument& document, const YAML::Node& list,
                       plan::Workload& workload) {
  if (!list.IsSequence() || list.size() == 0) {
    return fail_at(document, list, "products must be a list of at least one product",
                   "write products: [a100-80gb], or leave it out: then any will do");
  }
  for (const YAML::Node& node : list) {
    auto id = TRY(read_allowed_product(document, node));
    if (std::ranges::find(workload.products, id) != workload.products.end())
      return fail_at(document, node, "product " + id + " is named twice", "name it once");
    workload.products.push_back(std::move(id));
  }
  return {};
}

// What was measured where it may not run is of no use to anybody.
Result<> drop_not_allowed(const YamlDocument& document, const YAML::Node& node,
                          plan::Workload& workload) {
  std::string on;
  for (const plan::Measured& measured : workload.measured)
    on += (on.empty() ? "" : ", ") + measured.product;
  std::erase_if(workload.measured, [&workload](const plan::Measured& measured) {
    const mig::Product* const product = mig::find_product(measured.product);
    return product == nullptr || !plan::allowed_on(workload, product->id);
  });
  if (!workload.measured.empty() || !workload.objective) return {};
  return fail_at(
      document, node,
      fmt::format("{} was measured on {}, none of which is among its products", workload.name, on),
      "allow one of those, or measure it on one that is allowed");
}

Result<int> read_priority(const YamlDocument& document, const YAML::Node& node) {
  const auto text = TRY(as_text(document, node, "priority"));
  int priority = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), priority);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() &&
      priority <= kMostPriority && priority >= -kMostPriority)
    return priority;
  return fail_at(document, node, "priority " + quoted(text) + " is not a whole number",
                 "write priority: 10; larger goes first, 0 when it is left out");
}

Result<> read_apart_from(const YamlDocument& document, const YAML::Node& node,
                         plan::Workload& workload) {
  const auto name = TRY(as_text(document, node, "anti-affinity"));
  const bool again = std::ranges::find(workload.apart_from, name) != workload.apart_from.end();
  if (name == "self" ? workload.apart : again)
    return fail_at(document, node, quoted(name) + " is named twice", "name it once");
  if (name == "self") {
    workload.apart = true;
  } else {
    workload.apart_from.push_back(name);
  }
  return {};
}

Result<> read_anti_affinity(const YamlDocument& document, const YAML::Node& node,
                            plan::Workload& workload) {
  if (workload.objective) {
    return fail_at(document, node,
                   workload.name + " has a rate: its instances cannot be kept apart",
                   "leave anti-affinity out, or say its profile and replicas instead");
  }
  if (!node.IsSequence()) return read_apart_from(document, node, workload);
  if (node.size() == 0) {
    return fail_at(document, node, "anti-affinity is an empty list",
                   "write anti-affinity: self, or [self, OTHER-WORKLOAD]");
  }
  for (const YAML::Node& one : node) TRY(read_apart_from(document, one, workload));
  return {};
}

Result<> check_named(const YamlDocument& document, const YAML::Node& node,
                     const plan::Workload& workload, const std::vector<plan::Workload>& workloads) {
  const auto name = TRY(as_text(document, node, "anti-affinity"));
  if (name == "self") return {};
  if (name == workload.name) {
    return fail_at(document, node, "anti-affinity names the workload itself",
                   "write self: no two of its replicas then share a GPU");
  }
  const auto other = std::ranges::find(workloads, name, &plan::Workload::name);
  if (other == workloads.end()) {
    std::vector<std::string_view> known{"self"};
    for (const plan::Workload& one : workloads) known.push_back(one.name);
    return fail_at(document, node, "there is no workload " + quoted(name) + " in this file",
                   did_you_mean(name, known));
  }
  if (!other->objective) return {};
  return fail_at(document, node,
                 name + " has a rate: its instances cannot be kept apart from others",
                 "leave it out of anti-affinity, or say its profile and replicas instead");
}

}  // namespace

Result<> read_terms(const YamlDocument& document, const YAML::Node& entry,
                    plan::Workload& workload) {
  if (const YAML::Node products = entry["products"]; products) {
    TRY(read_products(document, products, workload));
    TRY(drop_not_allowed(document, products, workload));
  }
  if (entry["priority"]) workload.priority = TRY(read_priority(document, entry["priority"]));
  if (!entry["anti-affinity"]) return {};
  return read_anti_affinity(document, entry["anti-affinity"], workload);
}

Result<> check_apart(const YamlDocument& document, const YAML::Node& list,
                     const std::vector<plan::Workload>& workloads) {
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    const YAML::Node named = list[w]["anti-affinity"];
    if (!named) continue;
    if (!named.IsSequence()) {
      TRY(check_named(document, named, workloads[w], workloads));
      continue;
    }
    for (const YAML::Node& one : named) TRY(check_named(document, one, workloads[w], workloads));
  }
  return {};
}

}  // namespace septet::partition
