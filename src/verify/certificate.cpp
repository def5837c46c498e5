#include "verify/certificate.h"

#include "verify/located_json.h"

namespace septet::verify {

namespace {

using Value = LocatedJson;

Result<PoolClaim> read_pool(const Value& value) {
  PoolClaim pool;
  pool.product = TRY(value.text_of("product"));
  pool.gpus = TRY(value.whole_of("gpus"));
  pool.cost = TRY(value.whole_of("cost_thousandths"));
  pool.holds = TRY(value.texts_of("holds"));
  return pool;
}

Result<Needs> read_needs(const Value& value) {
  Needs needs;
  const auto members = TRY(value.members());
  for (const auto& [key, need] : members) {
    if (key == "compute_percent") {
      needs.compute_percent = TRY(need.number());
      continue;
    }
    const std::pair<const char*, std::uint64_t*> known[] = {{"memory_bytes", &needs.memory_bytes},
                                                            {"sms", &needs.sms},
                                                            {"slices", &needs.slices},
                                                            {"decoders", &needs.decoders},
                                                            {"jpeg", &needs.jpeg},
                                                            {"optical_flow", &needs.optical_flow}};
    std::uint64_t* target = nullptr;
    for (const auto& [name, field] : known) target = key == name ? field : target;
    if (target == nullptr) return need.complain("is no need that is known");
    *target = TRY(need.whole());
  }
  return needs;
}

Result<WorkloadClaim> read_workload(const Value& value) {
  WorkloadClaim workload;
  workload.name = TRY(value.text_of("name"));
  workload.replicas = TRY(value.whole_of("replicas"));
  if (value.has("profile") == value.has("needs"))
    return value.complain("must have a profile or needs, and not both");
  if (value.has("profile")) {
    workload.profile = TRY(value.text_of("profile"));
    if (workload.profile.empty()) return value.complain("names an empty profile");
  } else {
    const auto needs = TRY(value.member("needs"));
    workload.needs = TRY(read_needs(needs));
  }
  if (value.has("products")) {
    workload.products = TRY(value.texts_of("products"));
    if (workload.products.empty()) return value.complain("may run on no product at all");
  }
  if (!value.has("anti_affinity")) return workload;
  if (TRY(value.texts_of("anti_affinity")) != std::vector<std::string>{"self"})
    return value.complain("anti_affinity must be [\"self\"]");
  workload.apart = true;
  return workload;
}

Result<LayoutClaim> read_layout(const Value& value) {
  LayoutClaim layout;
  layout.pool = TRY(value.whole_of("pool"));
  layout.gpus = TRY(value.whole_of("gpus"));
  layout.adds = TRY(value.texts_of("adds"));
  if (value.has("carries")) layout.carries = TRY(value.texts_of("carries"));
  return layout;
}

Result<PlacedClaim> read_placed(const Value& value) {
  PlacedClaim placed;
  placed.workload = TRY(value.text_of("workload"));
  placed.product = TRY(value.text_of("product"));
  placed.profile = TRY(value.text_of("profile"));
  placed.replicas = TRY(value.whole_of("replicas"));
  return placed;
}

Result<> read_prices(const Value& prices, Certificate& certificate) {
  const auto replica = TRY(prices.member("replica"));
  const auto members = TRY(replica.members());
  for (const auto& [name, value] : members)
    certificate.replica_prices.push_back({name, TRY(value.fraction())});
  const auto gpu = TRY(prices.member("gpu"));
  const auto values = TRY(gpu.list());
  for (const Value& value : values) certificate.gpu_prices.push_back(TRY(value.fraction()));
  return {};
}

Result<Certificate> read_root(const Value& root) {
  const auto version = TRY(root.member("septet_certificate"));
  if (TRY(version.whole()) != 1) return version.complain("only version 1 is known");
  if (root.has("kind")) {
    const auto kind = TRY(root.text_of("kind"));
    if (kind != "fleet") return root.complain("is no certificate of a fleet");
  }
  Certificate certificate;
  const auto verdict = TRY(root.member("verdict"));
  const auto verdict_text = TRY(verdict.text());
  if (verdict_text != "fits" && verdict_text != "impossible")
    return verdict.complain("must be \"fits\" or \"impossible\"");
  certificate.fits = verdict_text == "fits";
  certificate.pools = TRY(root.all_of("pools", read_pool));
  certificate.workloads = TRY(root.all_of("workloads", read_workload));
  const auto prices = TRY(root.member("prices"));
  TRY(read_prices(prices, certificate));
  certificate.bound = TRY(root.fraction_of("bound_thousandths"));
  if (!certificate.fits) return certificate;
  certificate.layouts = TRY(root.all_of("layouts", read_layout));
  certificate.placed = TRY(root.all_of("placed", read_placed));
  certificate.cost = TRY(root.whole_of("cost_thousandths"));
  certificate.gap = TRY(root.whole_of("gap_thousandths"));
  return certificate;
}

}  // namespace

Result<Certificate> read_certificate(const std::string& name, std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return fail(Code::kInvalidArgument, name + ": is not JSON",
                "give a file that septet plan --certificate wrote");
  return read_root(Value(name, "", json));
}

Result<Certificate> read_fleet_certificate(const LocatedJson& root) { return read_root(root); }
Result<WorkloadClaim> read_workload_claim(const LocatedJson& value) { return read_workload(value); }
Result<Needs> read_needs_claim(const LocatedJson& value) { return read_needs(value); }

}  // namespace septet::verify
