#include "lab/sharing/check_scenario.h"

#include <algorithm>
#include <cmath>

namespace septet::lab::sharing {

namespace {

std::unexpected<Error> wrong(const std::string& what, const std::string& remedy) {
  return fail(Code::kInvalidArgument, what, remedy);
}

Result<> check_work(const Tenant& tenant) {
  const Work& work = tenant.work;
  const double terms[] = {work.host,        work.compute,         work.bandwidth,
                          work.memory_mib,  work.to_device_bytes, work.from_device_bytes,
                          work.mps_overhead};
  if (!std::ranges::all_of(terms, [](double one) { return std::isfinite(one) && one >= 0.0; }))
    return wrong(tenant.name + ": a term of its work is below zero", "give times of zero or more");
  if (work.host + work.compute + work.bandwidth < 1e-7)
    return wrong(tenant.name + ": its work takes no time", "give host, compute or bandwidth");
  if (work.overlap < 1.0 || work.most_sm <= 0.0 || work.most_sm > 1.0)
    return wrong(tenant.name + ": overlap must be 1 or more, most_sm within (0, 1]",
                 "leave them out for 2 and 1");
  return {};
}

bool is_tenant(const Scenario& scenario, const std::string& name) {
  return std::ranges::any_of(scenario.tenants, [&](const Tenant& tenant) {
    return name == tenant.name || name.starts_with(tenant.name + "#");
  });
}

Result<> check_names(const Scenario& scenario) {
  if (!scenario.victim.empty() && !is_tenant(scenario, scenario.victim))
    return wrong("the victim " + scenario.victim + " is no tenant", "name one of the tenants");
  for (const PlannedFault& fault : scenario.faults) {
    if (!is_tenant(scenario, fault.tenant))
      return wrong("a fault names " + fault.tenant + ", which is no tenant", "name a tenant");
  }
  return {};
}

}  // namespace

Result<> check_scenario(const Scenario& scenario) {
  if (scenario.gpu.product == nullptr || scenario.tenants.empty())
    return wrong("a scenario needs a GPU and at least one tenant", "add them");
  if (!(scenario.warm_up >= 0.0) || !(scenario.seconds > scenario.warm_up))
    return wrong("the run ends before its warm-up", "make seconds larger than warm_up");
  if (scenario.most_gpus == 0) return wrong("at most 0 GPUs can run nothing", "allow one");
  std::size_t clients = 0;
  for (const Tenant& tenant : scenario.tenants) {
    clients += tenant.replicas;
    if (tenant.replicas == 0) return wrong(tenant.name + " has no replicas", "leave it out");
    TRY(check_work(tenant));
    if (tenant.arrivals.kind == Arrivals::Kind::kClosed && tenant.arrivals.clients == 0)
      return wrong(tenant.name + ": a closed loop of no clients", "give one client or more");
  }
  if (clients > kMostClients)
    return wrong("more than " + std::to_string(kMostClients) + " replicas", "simulate fewer");
  for (std::size_t i = 0; i < scenario.changes.size(); ++i) {
    const double before = i == 0 ? 0.0 : scenario.changes[i - 1].at;
    if (scenario.changes[i].at < before || scenario.layouts.empty())
      return wrong("layout changes must follow each other and a first layout",
                   "give layouts, and changes by time");
  }
  return check_names(scenario);
}

}  // namespace septet::lab::sharing
