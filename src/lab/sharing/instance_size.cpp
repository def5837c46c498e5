#include "lab/sharing/instance_size.h"

#include <algorithm>

#include "lab/model/memory_fit.h"
#include "lab/model/sharing_rules.h"
#include "lab/model/transfer.h"

namespace septet::lab::sharing {

namespace {

constexpr double kKeepsUp = 0.9;  // of the time busy, at most, where no objective was given

double p99_of(std::vector<double> latencies) {
  if (latencies.empty()) return 0.0;
  const auto at = std::min(latencies.size() - 1, latencies.size() * 99 / 100);
  std::ranges::nth_element(latencies, latencies.begin() + static_cast<std::ptrdiff_t>(at));
  return latencies[at];
}

double service(const Scenario& scenario, const Work& work, plan::Share share, double link,
               double size) {
  const double bytes = (work.to_device_bytes + work.from_device_bytes) * size;
  return seconds_on(work, share, size) * residual_slowdown(scenario.gpu, 1.0) + bytes / link;
}

}  // namespace

std::vector<const mig::GpuInstanceProfile*> plain_profiles(const GpuModel& gpu) {
  std::vector<const mig::GpuInstanceProfile*> result;
  for (const mig::GpuInstanceProfile& profile : gpu.product->geometry.profiles) {
    if (profile.media == mig::Media::kPlain && !profile.graphics && share_on(gpu, profile))
      result.push_back(&profile);
  }
  std::ranges::stable_sort(result, [](const auto* a, const auto* b) {
    return a->size != b->size ? a->size < b->size : a->slices < b->slices;
  });
  return result;
}

Estimate estimate_in(const Scenario& scenario, const Client& client,
                     const mig::GpuInstanceProfile& profile) {
  const Tenant& tenant = *client.tenant;
  const auto share = share_on(scenario.gpu, profile);
  Estimate estimate;
  if (!share || resident_mib(tenant.work) > usable_mib(*scenario.gpu.product, profile))
    return estimate;
  estimate.fits = true;
  const double link = link_cap(scenario.gpu, profile);
  if (tenant.arrivals.kind == Arrivals::Kind::kClosed) {
    const double one = service(scenario, tenant.work, *share, link, 1.0);
    estimate.p99 = one * tenant.arrivals.clients;
    estimate.load = std::min(1.0, tenant.arrivals.clients * one / (one + tenant.arrivals.think));
    estimate.meets = !tenant.objective_seconds || estimate.p99 <= *tenant.objective_seconds;
    return estimate;
  }
  std::vector<double> latencies;
  double free_at = 0.0, busy = 0.0;
  for (const TracedArrival& arrival : client.arrivals) {
    const double takes = service(scenario, tenant.work, *share, link, arrival.size);
    free_at = std::max(free_at, arrival.at) + takes;
    busy += takes;
    if (arrival.at >= scenario.warm_up) latencies.push_back(free_at - arrival.at);
  }
  estimate.load = busy / scenario.seconds;
  estimate.p99 = p99_of(std::move(latencies));
  estimate.meets = tenant.objective_seconds ? estimate.p99 <= *tenant.objective_seconds
                                            : estimate.load <= kKeepsUp;
  return estimate;
}

Result<Choice> choose_size(const Scenario& scenario, const Client& client) {
  const Tenant& tenant = *client.tenant;
  if (!tenant.profile.empty()) {
    const auto* named = scenario.gpu.product->geometry.find_name(tenant.profile);
    if (named == nullptr || !share_on(scenario.gpu, *named))
      return fail(Code::kInvalidArgument,
                  tenant.name + ": " + std::string(scenario.gpu.product->id) + " has no profile " +
                      tenant.profile + " with known SMs",
                  "septet profiles --product " + std::string(scenario.gpu.product->id));
    const Estimate estimate = estimate_in(scenario, client, *named);
    return Choice{estimate.fits ? named : nullptr, estimate.meets, true};
  }
  Choice best;
  double least = 0.0;
  for (const auto* profile : plain_profiles(scenario.gpu)) {
    const Estimate estimate = estimate_in(scenario, client, *profile);
    if (!estimate.fits) continue;
    if (estimate.meets) return Choice{profile, true, false};
    if (best.profile == nullptr || estimate.p99 < least) {
      best.profile = profile;
      least = estimate.p99;
    }
  }
  return best;
}

}  // namespace septet::lab::sharing
