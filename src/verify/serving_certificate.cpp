#include "verify/serving_certificate.h"

namespace septet::verify {

namespace {

Result<SizeOption> read_size_option(const LocatedJson& value) {
  SizeOption option;
  option.profile = TRY(value.text_of("profile"));
  option.batch = TRY(value.whole_of("batch"));
  option.processes = TRY(value.whole_of("processes"));
  option.per_second = TRY(value.millionths_of("per_second"));
  option.latency_ms = TRY(value.millionths_of("latency_ms"));
  option.modelled = TRY(value.truth_of("modelled"));
  return option;
}

// So many instances of one profile, each of which gives 1.
Result<ServiceClaim> read_replicas(const LocatedJson& value) {
  constexpr std::uint64_t kMostReplicas = 1'000'000'000;
  constexpr std::uint64_t kOne = 1'000'000;
  ServiceClaim service;
  service.workload = TRY(read_workload_claim(value));
  if (service.workload.replicas > kMostReplicas)
    return value.complain("has more than 10^9 replicas");
  service.rate = service.workload.replicas * kOne;
  SizeOption only;
  only.profile = TRY(value.text_of("size"));
  only.per_second = kOne;
  service.options.push_back(std::move(only));
  return service;
}

Result<ServiceClaim> read_service(const LocatedJson& value) {
  if (value.has("rate") == value.has("replicas"))
    return value.complain("must have a rate or replicas, and not both");
  if (value.has("replicas")) return read_replicas(value);
  ServiceClaim service;
  service.measured = true;
  service.workload.name = TRY(value.text_of("name"));
  service.rate = TRY(value.millionths_of("rate"));
  if (value.has("latency_allowed_ms"))
    service.latency_allowed = TRY(value.millionths_of("latency_allowed_ms"));
  if (value.has("needs")) {
    const auto needs = TRY(value.member("needs"));
    service.workload.needs = TRY(read_needs_claim(needs));
  }
  service.options = TRY(value.all_of("options", read_size_option));
  return service;
}

Result<CutClaim> read_cut(const LocatedJson& value) {
  CutClaim cut;
  cut.gpus = TRY(value.whole_of("gpus"));
  cut.holds = TRY(value.texts_of("holds"));
  return cut;
}

Result<ServedClaim> read_served(const LocatedJson& value) {
  ServedClaim served;
  served.service = TRY(value.text_of("service"));
  served.profile = TRY(value.text_of("profile"));
  served.instances = TRY(value.whole_of("instances"));
  return served;
}

Result<std::vector<NamedPrice>> read_named_prices(const LocatedJson& prices, const char* key) {
  std::vector<NamedPrice> named;
  const auto found = TRY(prices.member(key));
  const auto members = TRY(found.members());
  for (const auto& [name, value] : members) named.push_back({name, TRY(value.fraction())});
  return named;
}

}  // namespace

Result<ServingCertificate> read_serving_certificate(const LocatedJson& root) {
  const auto verdict = TRY(root.member("verdict"));
  const auto verdict_text = TRY(verdict.text());
  if (verdict_text != "fits") return verdict.complain("must be \"fits\"");
  ServingCertificate certificate;
  certificate.product = TRY(root.text_of("product"));
  certificate.services = TRY(root.all_of("services", read_service));
  certificate.layouts = TRY(root.all_of("layouts", read_cut));
  certificate.placed = TRY(root.all_of("placed", read_served));
  certificate.gpus = TRY(root.whole_of("gpus"));
  const auto prices = TRY(root.member("prices"));
  certificate.size_prices = TRY(read_named_prices(prices, "size"));
  certificate.service_prices = TRY(read_named_prices(prices, "service"));
  certificate.bound = TRY(root.fraction_of("bound_gpus"));
  certificate.gap = TRY(root.whole_of("gap_gpus"));
  if (root.has("searched_least_gpus"))
    certificate.searched_least = TRY(root.whole_of("searched_least_gpus"));
  return certificate;
}

}  // namespace septet::verify
