// lab/sharing/compare.cpp — all modes beside each other, and where MIG is the worse one.
#include <fmt/format.h>

#include <algorithm>

#include "lab/sharing/simulate.h"

namespace septet::lab {

namespace {

constexpr double kWorth = 1.05;  // less than 5 % is within the model's error: model.md, 4

struct Loss {
  double ratio = 1.0;  // how many times worse MIG is
  std::string text;
};

std::string shown_seconds(double seconds) {
  return seconds < 1.0 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.3g} s", seconds);
}

// Of one tenant: its p99 where it asked for latency, what it got done where it trains.
std::optional<Loss> loss_of(const Tenant& tenant, const TenantOutcome& mig,
                            const TenantOutcome& other, const ModeOutcome& by) {
  const auto on = fmt::format("{} on {} GPU{}", name_of(by.mode), by.gpus, by.gpus == 1 ? "" : "s");
  if (tenant.training || tenant.arrivals.kind == Arrivals::Kind::kClosed) {
    if (mig.throughput <= 0.0) return std::nullopt;
    const double ratio = other.throughput / mig.throughput;
    return Loss{ratio,
                fmt::format("{}: {:.3g} a second with MIG ({}), {:.3g} with {}: {:.2g} "
                            "times as many",
                            mig.name, mig.throughput, mig.runs_on, other.throughput, on, ratio)};
  }
  if (other.diverges || other.latency.p99 <= 0.0) return std::nullopt;
  if (mig.diverges)
    return Loss{1e6, fmt::format("{}: its queue grows without end with MIG ({}); p99 {} with {}",
                                 mig.name, mig.runs_on, shown_seconds(other.latency.p99), on)};
  const double ratio = mig.latency.p99 / other.latency.p99;
  return Loss{ratio, fmt::format("{}: p99 {} with MIG ({}), {} with {}: {:.2g} times as long",
                                 mig.name, shown_seconds(mig.latency.p99), mig.runs_on,
                                 shown_seconds(other.latency.p99), on, ratio)};
}

const ModeOutcome* mig_outcome(const std::vector<ModeOutcome>& modes) {
  for (const Mode mode : {Mode::kMig, Mode::kMigMps}) {
    const auto found = std::ranges::find(modes, mode, &ModeOutcome::mode);
    if (found != modes.end()) return &*found;
  }
  return nullptr;
}

// Against modes that use no more GPUs; where there is no loss to those, against all.
std::string worst_loss(const std::vector<Tenant>& tenants, const ModeOutcome& mig,
                       const std::vector<ModeOutcome>& modes) {
  for (const bool any_number : {false, true}) {
    Loss worst;
    for (const ModeOutcome& other : modes) {
      const bool is_mig = other.mode == Mode::kMig || other.mode == Mode::kMigMps;
      if (is_mig || !other.impossible.empty()) continue;
      if (!any_number && other.gpus > mig.gpus) continue;
      for (std::size_t c = 0; c < mig.tenants.size(); ++c) {
        auto loss = loss_of(tenants[c], mig.tenants[c], other.tenants[c], other);
        if (loss && loss->ratio > worst.ratio) worst = *std::move(loss);
      }
    }
    if (worst.ratio >= kWorth) return worst.text;
  }
  return {};
}

std::string find_losing_case(const Scenario& scenario, const std::vector<ModeOutcome>& modes) {
  const ModeOutcome* mig = mig_outcome(modes);
  if (mig == nullptr) return {};
  if (!mig->impossible.empty()) {
    const bool others =
        std::ranges::any_of(modes, [](const ModeOutcome& mode) { return mode.impossible.empty(); });
    return others ? "MIG cannot run it: " + mig->impossible : std::string();
  }
  std::vector<Tenant> tenants;
  for (const Tenant& tenant : scenario.tenants)
    tenants.insert(tenants.end(), tenant.replicas, tenant);
  return worst_loss(tenants, *mig, modes);
}

}  // namespace

Result<Comparison> compare(const Scenario& scenario, const SimulateOptions& options) {
  Comparison comparison;
  comparison.scenario = scenario.name;
  if (scenario.gpu.product != nullptr) comparison.gpu = scenario.gpu.product->id;
  for (const Mode mode : scenario.modes)
    comparison.modes.push_back(TRY(simulate(scenario, mode, options)));
  comparison.faults = TRY(fault_matrix(scenario, options));
  comparison.losing_case = find_losing_case(scenario, comparison.modes);
  return comparison;
}

}  // namespace septet::lab
